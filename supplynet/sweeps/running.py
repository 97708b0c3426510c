"""Running a sweep: blocks go to whoever plays them, and come back as rows."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numba

from supplynet.checks import fail
from supplynet.record import Keep
from supplynet.scenario import Scenario
from supplynet.sweeps.blocks import Block, cut
from supplynet.sweeps.design import Design, as_design
from supplynet.sweeps.lock import held
from supplynet.sweeps.outcomes import DEFAULT, Outcome, Outcomes
from supplynet.sweeps.playing import Job, Played, Worker, play_packed, try_out
from supplynet.sweeps.storage import Folder, describe
from supplynet.sweeps.table import Rows, joined, reserved
from supplynet.sweeps.traces import Traces

if TYPE_CHECKING:
    import pandas as pd

WORTH: Final = 5.0  # seconds of work left from which processes are started without being asked for
IN_FLIGHT: Final = 16  # blocks that are handed to an executor that does not say how many workers it has

Progress = Callable[[int, int], None]


def sweep(
    scenarios: Design | Scenario | str | Path | Iterable[Scenario | str | Path],
    seeds: int | Iterable[int] = 100,
    *,
    outcomes: Sequence[Outcome] = DEFAULT,
    traces: Traces | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    shard: tuple[int, int] = (1, 1),
    keep: Keep | None = None,
    block: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Play many scenarios many times; a row for each run: scenario, levers, seed, replication, outcomes, error.

    seeds: how many replications of each, or which; the same replication has the same luck in all scenarios.
    outcomes: names (those of `Result.outcomes`, or node.measure), and functions of a Result that give a number.
    traces: what to keep of each run period by period; they are written to `out`, where read_traces finds them.
    out: a folder for the runs; the same call goes on where an earlier one was stopped. workers: processes (default: as
    many as there are cores if more than some seconds of work are left); executor: any of concurrent.futures instead.
    shard: (i, n) plays the i-th of n parts. keep: the columns that functions may read (default: all). block: runs of a
    union at most; no digit depends on it. progress: is told how many runs of how many are done.
    A run that fails has nan outcomes and traces, and says why in `error`.
    Raises ValueError for what cannot be played, BlockingIOError if another process writes to the folder, OSError if the
    folder cannot be written to.
    """
    design = as_design(scenarios)
    replications = _replications(seeds)
    taken = Outcomes(tuple([outcomes] if isinstance(outcomes, str) or callable(outcomes) else outcomes))
    if problems := reserved(design, taken.names):
        fail(problems)
    _check_ways(workers, executor, shard, block)
    _check_traces(traces, out)
    job = Job(design, taken, taken.keep(keep, () if traces is None else traces.keys), traces)
    every = cut(design, replications, job.keep, block)
    if traces is not None:
        traces.check(design[0].network, min(each.periods for each in every))
    try_out(job, replications[0])
    mine = every[shard[0] - 1 :: shard[1]]
    rows = Rows(design, taken.names)
    with ExitStack() as stack:
        folder, done = None, set()
        if out is not None:
            folder = Folder(Path(out))
            folder.open(describe(design, replications, taken, traces, len(every)), design.base or job.design[0])
            stack.enter_context(held(folder.path, shard[0] - 1, shard[1]))
            done = folder.finished(mine, traces)
        left = [each for each in mine if each.number not in done]
        total = sum(each.n_runs for each in mine)
        n_played = total - sum(each.n_runs for each in left)
        tables: dict[int, Any] = {}
        for played in stack.enter_context(closing(_play(job, left, workers, executor))):
            table = rows.table(played)
            if folder is None:
                tables[played.block.number] = table
            else:
                traced = None if traces is None else traces.table(played.block, played.traces)
                _save(folder, played.block.number, table, traced, len(every))
            n_played += played.block.n_runs
            if progress is not None:
                progress(n_played, total)
        if folder is not None:
            return joined(folder.tables([each.number for each in mine]), rows.schema)
        return joined((tables[number] for number in sorted(tables)), rows.schema)


def _play(
    job: Job, blocks: Sequence[Block], workers: int | None, executor: Executor | None
) -> Generator[Played, None, None]:
    """Play blocks here, in processes of this machine, or wherever an executor takes them; as they are finished."""
    blocks = list(blocks)
    if executor is None and (workers or 0) <= 1:
        worker, jobs, begun = Worker(), _Jobs(job), time.perf_counter()
        for at, block in enumerate(blocks):
            spent, left = time.perf_counter() - begun, len(blocks) - at
            if workers is None and at and left > 1 and spent / at * left > WORTH and _may_start_processes(job):
                yield from _play(job, blocks[at:], os.cpu_count() or 1, None)
                return
            yield worker.play(jobs.of(block), block)
        return
    with ExitStack() as stack:
        n_workers = workers or getattr(executor, "_max_workers", None) or IN_FLIGHT
        if executor is None:
            threads = max(1, (os.cpu_count() or 1) // n_workers)
            executor = ProcessPoolExecutor(
                min(n_workers, max(len(blocks), 1)), multiprocessing.get_context("spawn"), _begin, (threads,)
            )
            stack.callback(executor.shutdown, wait=True, cancel_futures=True)
        yield from _hand_out(executor, _Jobs(job), blocks, 2 * n_workers)


def _hand_out(executor: Executor, jobs: _Jobs, blocks: list[Block], most: int) -> Iterator[Played]:
    """Keep an executor busy with so many blocks at most, and give back what is finished."""
    waiting: set[Future[Played]] = set()
    queue = iter(blocks)
    try:
        while True:
            while len(waiting) < most and (block := next(queue, None)) is not None:
                waiting.add(executor.submit(play_packed, jobs.packed(block), block))
            if not waiting:
                return
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    except BrokenProcessPool:
        raise ChildProcessError(
            "a worker process ended before its work was done: it was killed, ran out of memory, or the script that "
            'called sweep does not guard its start with `if __name__ == "__main__":`; blocks that were saved are safe, '
            "run it again to go on, or with workers=1"
        ) from None
    finally:
        for future in waiting:
            future.cancel()


class _Jobs:
    """The job of each block: only the scenarios that it plays, made once for all blocks that share them."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._range, self._part, self._packed = (-1, -1), job, b""

    def of(self, block: Block) -> Job:
        if self._range != (block.first, block.last):
            self._range, self._packed = (block.first, block.last), b""
            self._part = replace(self.job, design=self.job.design[block.first : block.last])
        return self._part

    def packed(self, block: Block) -> bytes:
        """The job as bytes. Raises ValueError if something in it cannot be sent to another process."""
        part = self.of(block)
        try:
            self._packed = self._packed or pickle.dumps(part)
        except (pickle.PicklingError, AttributeError, TypeError) as fault:
            raise ValueError(
                f"the sweep cannot be sent to other processes ({fault}); define rules and outcomes with class and def "
                "at the top of a file, or play it with workers=1"
            ) from None
        return self._packed


def _may_start_processes(job: Job) -> bool:
    """Whether processes of this machine can take over: there are cores, this is none of them, and all can be sent."""
    if (os.cpu_count() or 1) < 2 or multiprocessing.parent_process() is not None:
        return False
    try:
        packed = pickle.dumps((job.outcomes, job.design[:1]))
        script = getattr(sys.modules["__main__"], "__file__", None)
        guarded = script is not None and "__name__" in Path(script).read_text(errors="replace")
    except Exception:
        return False
    return guarded if script is not None else b"__main__" not in packed


def _begin(threads: int) -> None:
    """What a worker process does first: leave Ctrl-C to the one that started it, and share the cores."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the process that started this one is gone; it may have been killed before it could say so, or already.

    A worker that waits for its next block would not notice, since the others hold the pipe open.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _save(folder: Folder, number: int, table: Any, traced: Any, n_blocks: int) -> None:
    try:
        folder.save(number, table, traced)
    except OSError as fault:
        safe = sum(1 for _ in folder.path.glob("runs-*.parquet"))
        raise OSError(
            f"block {number} could not be written to {str(folder.path)!r} ({fault.strerror or fault}); {safe} of "
            f"{n_blocks} blocks are safe there: make room and run the sweep again to go on"
        ) from None


def _replications(seeds: int | Iterable[int]) -> tuple[int, ...]:
    try:
        numbers = tuple(map(index, seeds) if isinstance(seeds, Iterable) else range(index(seeds)))
    except TypeError:
        numbers = ()
    if not numbers or min(numbers) < 0 or len(set(numbers)) < len(numbers):
        raise ValueError(
            f"seeds is {seeds!r}, must be how many replications, at least 1, or different numbers >= 0; mend it"
        )
    return numbers


def _check_traces(traces: Traces | None, out: str | Path | None) -> None:
    if traces is None:
        return
    if not isinstance(traces, Traces):
        raise TypeError(f'traces is {traces!r}, must be Traces; write for example Traces(("on_hand",), every=7)')
    if out is None:
        raise ValueError("traces are kept in a folder, and there is no `out`; name one")


def _check_ways(workers: int | None, executor: Executor | None, shard: tuple[int, int], block: int | None) -> None:
    problems = []
    for name, value in (("workers", workers), ("block", block)):
        if value is not None and (not isinstance(value, int) or value < 1):
            problems.append(f"{name} is {value!r}, must be a whole number >= 1; leave it out for the usual")
    if workers is not None and executor is not None:
        problems.append("workers and executor are both given; the executor has its own workers, leave workers out")
    part, n_parts = shard
    if not (isinstance(part, int) and isinstance(n_parts, int) and 1 <= part <= n_parts):
        problems.append(f"shard is {part}/{n_parts}, must be i/n with i from 1 to n; count from 1")
    if problems:
        fail(problems)
