"""What it takes to begin: an import, and a whole command with and without compiled kernels."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from shared.timing import Table


def measure_start(table: Table, *, cold: bool) -> None:
    """What `import supplynet` adds to numpy and networkx, and a whole `supplynet run`, at first and then again."""
    own = _imported("numpy, networkx, supplynet") - _imported("numpy, networkx")
    table.add("import supplynet, beyond numpy and networkx", f"{own:.3f} s", "< 0.1 s")
    with tempfile.TemporaryDirectory() as folder:
        kernels = {"NUMBA_CACHE_DIR": folder} if cold else {}
        if cold:
            table.add("supplynet run, cold: its kernels are compiled", f"{_ran(folder, kernels):.1f} s", "once")
        warm = min(_ran(folder, kernels) for _ in range(1 + cold))
        table.add("supplynet run, warm, table and picture included", f"{warm:.1f} s", "< 3 s")


def _imported(names: str) -> float:
    """Seconds that an import takes, the least of some."""
    code = f"import time; t = time.perf_counter(); import {names}; print(time.perf_counter() - t)"
    words = [sys.executable, "-c", code]
    return min(float(subprocess.run(words, capture_output=True, text=True, check=True).stdout) for _ in range(5))


def _ran(folder: str, variables: dict[str, str]) -> float:
    """Seconds of a whole command."""
    begun = time.perf_counter()
    words = [sys.executable, "-m", "supplynet.cli", "run", "flour-2020"]
    subprocess.run(words, cwd=folder, capture_output=True, check=True, env=os.environ | variables)
    return time.perf_counter() - begun
