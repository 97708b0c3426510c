"""More machines: a real Dask cluster over TCP gives what this machine gives, even when a worker is killed."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Thread

import dask
import numpy as np
import pandas as pd
import pytest
from distributed import Client, KilledWorker, LocalCluster
from shell import shell, written

import supplynet
from supplynet import executors
from supplynet.distributions import Normal
from supplynet.executors import cluster

RUNS = 24


def noisy_game() -> supplynet.Scenario:
    game = supplynet.load("beer-game")
    return supplynet.Scenario("noisy", game.network.with_column("node", "demand", np.array([0]), Normal(8.0, 2.0)))


def slow_cost(result: supplynet.Result) -> float:
    """The cost of a run, told slowly enough that a worker can be killed in the midst of many."""
    time.sleep(0.05)
    return result.outcomes["total_cost"]


@pytest.fixture(scope="module")
def two_workers():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, protocol="tcp", dashboard_address="127.0.0.1:0"
    ) as local:
        yield local


def test_a_cluster_of_which_a_worker_is_killed_half_way_gives_what_this_machine_gives(two_workers):
    assert two_workers.scheduler_address.startswith("tcp://")
    with Client(two_workers.scheduler_address, set_as_default=False) as client:
        pids = sorted(client.run(os.getpid).values())
    assert len(set(pids)) == 2 and os.getpid() not in pids
    killed: list[int] = []

    def kill_one(done: int, total: int) -> None:
        if RUNS // 3 <= done < total and not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    study = {"seeds": RUNS, "outcomes": (slow_cost, "fill_rate"), "block": 2}
    with cluster(two_workers.scheduler_address) as executor:
        spread = supplynet.sweep(noisy_game(), executor=executor, progress=kill_one, **study)
    assert killed == [pids[0]]
    pd.testing.assert_frame_equal(spread, supplynet.sweep(noisy_game(), workers=1, **study), check_exact=True)
    assert spread["slow_cost"].nunique() == RUNS and spread["error"].isna().all()


def test_the_client_is_closed_at_the_end_and_what_is_left_is_cancelled(two_workers):
    with Client(two_workers.scheduler_address, set_as_default=False) as onlooker:
        clients, _ = _clients_and_tasks(onlooker)
        with cluster(two_workers.scheduler_address) as executor:
            waiting = [executor.submit(time.sleep, 0.5) for _ in range(20)]
            _wait_until(onlooker, (clients + 1, len(waiting)))
        _wait_until(onlooker, (clients, 0))  # if nothing were cancelled, that would take two workers five seconds


def _wait_until(onlooker: Client, expected: tuple[int, int]) -> None:
    latest = time.monotonic() + 3.0
    while _clients_and_tasks(onlooker) != expected:
        assert time.monotonic() < latest
        time.sleep(0.01)


def _clients_and_tasks(onlooker: Client) -> tuple[int, int]:
    """What a scheduler knows of; it hears of a client that is gone a little later."""
    return onlooker.run_on_scheduler(lambda dask_scheduler: (len(dask_scheduler.clients), len(dask_scheduler.tasks)))


def test_a_cluster_without_workers_is_an_error():
    with LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0") as local:
        address = local.scheduler_address
        with pytest.raises(ValueError, match=f"has no workers; start some with `dask worker {address}`"):
            cluster(address).__enter__()


def test_a_scheduler_that_is_lost_is_told_in_one_line_without_dasks_own_tracebacks(caplog):
    starter = "from distributed import LocalCluster; import time\n" + (
        "if __name__ == '__main__':\n"
        "    local = LocalCluster(n_workers=1, processes=False, protocol='tcp', dashboard_address='127.0.0.1:0')\n"
        "    print(local.scheduler_address, flush=True); time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True)
    try:
        address = other.stdout.readline().strip()
        with (
            dask.config.set({"distributed.comm.timeouts.connect": "500ms"}),
            pytest.raises(ConnectionError, match=f"'{address}': its scheduler was lost; what was saved is safe"),
        ):
            _wait_for_a_task(address, other.kill)
    finally:
        other.kill()
        other.communicate()
    assert not [said for said in caplog.records if said.levelno >= logging.ERROR]


def _wait_for_a_task(address: str, meanwhile: Callable[[], object]) -> None:
    with cluster(address) as executor:
        waiting = executor.submit(time.sleep, 60.0)
        meanwhile()
        waiting.result()


def test_a_task_that_ends_one_worker_after_the_other_is_told(two_workers):
    def end():
        raise KilledWorker("task", None, 3)  # so Dask tells it, after four workers

    with pytest.raises(ConnectionError, match="a task ended 4 workers, one after the other, perhaps for want"):
        _wait_for_a_task(two_workers.scheduler_address, end)


def test_workers_that_lack_supplynet_are_refused(two_workers, monkeypatch):
    def absent():
        raise ModuleNotFoundError("No module named 'supplynet'")

    monkeypatch.setattr(executors, "version_here", absent)
    with pytest.raises(
        ValueError, match=f"cannot import supplynet .No module.*install version {supplynet.__version__} t"
    ):
        cluster(two_workers.scheduler_address).__enter__()


def test_workers_of_another_version_are_refused(two_workers, monkeypatch):
    monkeypatch.setattr(executors, "__version__", "99.0")
    with pytest.raises(ValueError, match=f"workers have supplynet {supplynet.__version__}, this is 99.0; install the"):
        cluster(two_workers.scheduler_address).__enter__()


def test_an_address_where_nobody_answers_is_an_error_in_good_time(monkeypatch):
    assert 2 * executors.PATIENCE <= 10.0  # once to ask who is there, once to connect
    monkeypatch.setattr(executors, "PATIENCE", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(ValueError, match=f"{address}' does not answer within 0.5 seconds; start one with `dask "):
            cluster(address).__enter__()
        assert time.monotonic() - began < 3.0


def test_another_kind_of_server_is_told_apart():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        thread = Thread(target=_refuse, args=(server,))
        thread.start()
        with pytest.raises(ValueError, match="who answers there is no Dask scheduler; start one with `dask scheduler`"):
            cluster(f"tcp://127.0.0.1:{server.getsockname()[1]}").__enter__()
        thread.join()


def _refuse(server: socket.socket) -> None:
    """Answer as a server of web pages does."""
    caller, _ = server.accept()
    with caller:
        caller.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("address", ["", "10.0.0.1", "tcp://10.0.0.1", "smoke://10.0.0.1:8786"])
def test_an_address_that_is_none_says_how_to_write_one(address):
    with pytest.raises(ValueError, match=f"cluster '{address}': .*; write it as tcp://HOST:PORT"):
        cluster(address).__enter__()


def test_without_dask_one_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"a cluster needs distributed; install it with: pip install 'supplynet\[dask"):
        cluster("tcp://127.0.0.1:8786").__enter__()


def test_the_command_sweeps_on_a_cluster_and_gives_what_this_machine_gives(folder, two_workers):
    words = ("sweep", "flour-2020", "--vary", "window=3,6", "--seeds", "4", "--periods", "20")
    here = shell(*words, "--workers", "1")
    there = shell(*words, "--cluster", two_workers.scheduler_address)
    assert there.exit_code == 0, there.output
    assert there.stdout == here.stdout and "window" in here.stdout


def test_the_command_says_in_one_line_that_a_cluster_does_not_answer(folder, monkeypatch):
    monkeypatch.setattr(executors, "PATIENCE", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        done = shell("sweep", "flour-2020", "--cluster", address)
    assert done.exit_code == 2 and done.stderr.startswith(f"error: cluster '{address}' does not answer within 0.5 sec")
    assert done.stderr.count("\n") == 1 and written(folder) == []
