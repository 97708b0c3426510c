"""Where an experiment leaves its table and its figure, made sure of before the work begins."""

from __future__ import annotations

import argparse
from pathlib import Path

from supplynet.files import check_folder


def out_path(parser: argparse.ArgumentParser, given: Path | None, name: str) -> Path:
    """The file for the table, whose figure goes beside it as .png; their folder is made.

    given: what `--out` says. Ends with a message and code 2 where they cannot be written.
    """
    out = Path(f"{name}.txt") if given is None else given
    try:
        if out.suffix == ".png":
            raise ValueError(f"--out {str(out)!r} is the name of the figure, must be that of the table; end it in .txt")
        for path in (out, out.with_suffix(".png")):
            if path.is_dir():
                raise ValueError(f"--out {str(out)!r}: {str(path)!r} is a folder, must be a file; name one in it")
        check_folder(out.parent)
        out.parent.mkdir(parents=True, exist_ok=True)
    except (ValueError, OSError) as fault:
        parser.exit(2, f"error: {fault}\n")
    return out
