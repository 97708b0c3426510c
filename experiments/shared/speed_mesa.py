"""What the face for Mesa costs beyond the kernels."""

from __future__ import annotations

from typing import Any

from shared.networks import tree
from shared.timing import Table, best
from supplynet import Scenario, run
from supplynet.agents import Distributor
from supplynet.model import SupplyModel


class Polite(Distributor):
    """An agent of one's own that does what its rule says."""

    def order(self) -> None:
        super().order()


def measure_mesa(table: Table, periods: int) -> None:
    """The tree as a Mesa model: all rows at once, with one agent of one's own, and agent by agent."""
    scenario = Scenario("tree", tree(1000, 4), periods=periods)
    n_nodes, model = scenario.network.n_nodes, SupplyModel(scenario)

    def a_step(days: int, **asked: Any) -> float:
        """Seconds of a step: the least of some parts of a run, after one that is not counted."""
        model = SupplyModel(scenario, **asked)

        def play() -> None:
            for _ in range(days):
                model.step()

        seconds = best(play, min(5, periods // days - 1)) / days
        assert model.record.rows("shipped")[: model.period].mean() > 50
        return seconds

    ratio = best(lambda: SupplyModel(scenario).run_model(), 3) / best(lambda: run(scenario).outcomes, 3)
    table.add("the tree as a Mesa model, outcomes included", f"{ratio:.2f} times run", "< 1.5 times")
    usual, own = (a_step(periods // 6, agents=agents) for agents in (None, {"7": Polite}))
    table.add("  one of its agents decides for itself", f"{(own - usual) * 1e6:+.0f} us a step", "< 100 us")
    by_agents = a_step(2, activation="agents") / n_nodes * 1e6
    table.add('  activation="agents"', f"{by_agents:.1f} us/node-period", "about 10 us")
    asleep = [SupplyModel(scenario) for _ in range(4)]
    made = best(lambda: asleep.pop().agents, 3)
    table.add("  its agents, made on first use", f"{made / n_nodes * 1e6:.1f} us an agent", "< 20 us")
    agent = model.agent("7")
    read = best(lambda: [agent.on_hand for _ in range(10_000)], 3) / 10_000
    table.add("  an attribute of an agent, read", f"{read * 1e9:.0f} ns", "about 200 ns")
