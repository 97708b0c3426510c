"""Demand as it was: demand.csv, a row for each period and customer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from supplynet.checks import nearest
from supplynet.readers.columns import read_number
from supplynet.readers.tables import Findings, Table


def read_traces(
    demand: Table, names: Sequence[str], findings: Findings
) -> tuple[dict[str, tuple[float, ...]], set[str]]:
    """The quantities that demand.csv gives each customer from period 0 on, and of whom it says what cannot be."""
    known = set(names)
    wrong: set[str] = set()
    found: dict[str, dict[int, float]] = {}
    for row, customer in enumerate(demand.column("customer")):
        period = read_number(demand, row, "period", "a whole number >= 0: periods count from 0", findings)
        quantity = read_number(demand, row, "quantity", "a finite number >= 0", findings)
        problem = None
        if customer not in known:
            problem = f"there is no node {customer!r}; {nearest(customer, names, shown=12)}"
        elif period is not None and not (isinstance(period, int) and period >= 0):
            problem = f"period is {period!r}, must be a whole number >= 0: periods count from 0; mend it"
        elif quantity is not None and not 0.0 <= quantity < np.inf:
            problem = f"quantity is {quantity!r}, must be a finite number >= 0; give 0 for none, returns elsewhere"
        elif period in found.get(customer, {}):
            problem = f"customer {customer!r} has a row for period {period} already; add them up"
        if problem is not None:
            findings.problems.append(f"{demand.at(row)}: {problem}")
        if problem is not None or period is None or quantity is None:
            wrong.add(customer)
        else:
            found.setdefault(customer, {})[int(period)] = float(quantity)
    for customer, quantities in found.items() if not wrong else ():  # else the missing row may be a wrong one
        gap = next((period for period in range(len(quantities)) if period not in quantities), None)
        if gap is not None:
            wrong.add(customer)
            findings.problems.append(
                f"{demand.where}: customer {customer!r} has no row for period {gap}; give every period from 0 on, "
                "with a quantity of 0 where nothing was wanted"
            )
    findings.nodes |= wrong
    traces = {
        customer: tuple(quantities[period] for period in sorted(quantities)) for customer, quantities in found.items()
    }
    return traces, wrong
