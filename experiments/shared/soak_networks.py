"""Networks made up by chance, with every rule and every disruption, whose goods and orders are counted every period."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from shared.timing import Table
from supplynet import engine
from supplynet.balance import Balance
from supplynet.disruptions import DISRUPTED, RECOVERIES
from supplynet.lower import Case
from supplynet.policies.catalogue import FAMILIES, rules_of

TESTS = Path(__file__).parents[2] / "tests"
"""Where such networks are made up for the tests."""
PERIODS = 30


def measure_networks(table: Table, number: int) -> None:
    """So many networks, in two replications each; the balance raises ArithmeticError where anything is lost."""
    try:
        from hypothesis import HealthCheck, Phase, given, settings
        from hypothesis import strategies as st
    except ModuleNotFoundError:
        table.add("networks made up by chance", "not measured", "needs hypothesis, of the extra test")
        return
    sys.path.insert(0, str(TESTS))
    from networks import networks, starts  # type: ignore[import-not-found]

    played: Counter[str] = Counter()

    @settings(
        max_examples=number, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(networks(), st.integers(0, 99), st.integers(0, 9), starts())
    def conserve(network, seed, replication, start):  # type: ignore[no-untyped-def]
        ready = engine.start([Case(network, seed, (replication, replication + 1), start)], PERIODS)
        ready.run(PERIODS, [Balance(ready.union)])
        played["networks"] += 1
        played.update({type(rule).__name__ for rule in ready.union.rules})
        played.update({event.column for event in network.disruptions})
        played.update({event.recovery for event in network.disruptions if event.recovery_periods})

    conserve()
    rules = [kind.__name__ for column in FAMILIES for kind in rules_of(column).values()]
    for name, every in (("rules", rules), ("columns struck", [*DISRUPTED]), ("slow recoveries", [*RECOVERIES[1:]])):
        seen = [one for one in every if played[one]]
        least = min((played[one] for one in seen), default=0)
        missing = f"; never: {', '.join(sorted({*every} - {*seen}))}" if len(seen) < len(every) else ""
        table.add(f"  {name} among them, each in {least:,} or more", f"{len(seen)} of {len(every)}{missing}", "all")
    table.add(f"{played['networks']:,} networks made up by chance: goods or orders lost", "0", "0")
    assert played["networks"] >= number
