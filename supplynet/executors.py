"""Other machines: a Dask cluster as an executor of Python's own kind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from supplynet import __version__

PATIENCE: Final = 5.0  # seconds that a cluster has to answer


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster as an executor, for as long as the block lasts; what is left then is cancelled.

    address: of the scheduler, such as tcp://10.0.0.1:8786. A task whose worker dies is done again by another one.
    Raises ValueError where Dask is not installed, nobody answers within 5 seconds, no worker is there, or the workers
    do not have this version of supplynet; ConnectionError where the scheduler is lost before the block ends, or a task
    ends worker after worker.
    """
    try:
        from distributed import Client, KilledWorker
    except ModuleNotFoundError as fault:
        raise ValueError(f"a cluster needs {fault.name}; install it with: pip install 'supplynet[dask]'") from None
    _check(address)
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL)  # that a scheduler is lost is said once, below, without a traceback
    try:
        with Client(address, timeout=PATIENCE, set_as_default=False) as client:
            _check_workers(client, address)
            executor: Executor = client.get_executor(pure=False)  # equal tasks are not one: each may write its own file
            yield executor
    except CancelledError:
        raise ConnectionError(
            f"cluster {address!r}: its scheduler was lost; what was saved is safe, run it again to go on"
        ) from None
    except KilledWorker as fault:
        raise ConnectionError(
            f"cluster {address!r}: a task ended {fault.allowed_failures + 1} workers, one after the other, perhaps for "
            "want of memory; what was saved is safe, run it again with fewer runs at once"
        ) from None
    finally:
        log.setLevel(level)


def _check(address: str) -> None:
    """Ask a scheduler who it is before a client is made, for one that does not get through hangs when it is closed."""
    hint = "start one with `dask scheduler`, or give the address that it prints"
    try:
        with ThreadPoolExecutor(1) as apart:  # a notebook has a loop of its own in this thread
            told = apart.submit(lambda: asyncio.run(asyncio.wait_for(_identity(address), PATIENCE))).result()
    except (OSError, TimeoutError):
        raise ValueError(f"cluster {address!r} does not answer within {PATIENCE:g} seconds; {hint}") from None
    except ValueError as fault:
        raise ValueError(f"cluster {address!r}: {fault}; write it as tcp://HOST:PORT") from None
    except Exception:  # whatever bytes that are no message of Dask's are taken for
        told = {}
    if told.get("type") != "Scheduler":
        raise ValueError(f"cluster {address!r}: who answers there is no Dask scheduler; {hint}")
    if not told["workers"]:
        raise ValueError(f"cluster {address!r} has no workers; start some with `dask worker {address}`")


async def _identity(address: str) -> dict[str, Any]:
    from distributed.core import rpc

    async with rpc(address) as scheduler:
        told: dict[str, Any] = await scheduler.identity()
    return told


def _check_workers(client: Any, address: str) -> None:
    """Workers of another version may give other digits."""
    try:
        versions = set(client.run(version_here).values())
    except Exception as fault:  # of any kind: it comes from the workers' own machines
        raise ValueError(
            f"cluster {address!r}: its workers cannot import supplynet ({fault}); install version {__version__} there"
        ) from None
    if versions != {__version__}:
        raise ValueError(
            f"cluster {address!r}: its workers have supplynet {', '.join(sorted(versions))}, this is {__version__}; "
            "install the same there"
        )


def version_here() -> str:
    """The version of supplynet where this is called."""
    return __version__
