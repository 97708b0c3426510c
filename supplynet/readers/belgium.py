"""Belgium in 2020: who buys from whom, what nobody can do without, what was shut when, and what was seen.

63 sectors, domestic flows, in million euros of 2015 a year.
Source: Belgian Federal Planning Bureau (2015); Pichler et al. (2022), Journal of Economic Dynamics and Control 144;
del Rio-Chanona et al. (2020), Oxford Review of Economic Policy 36(S1); pyIEEM, T. W. Alleman.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supplynet.readers.data_folder import find_table
from supplynet.readers.io_tables import square
from supplynet.topologies import IoTable

Array = NDArray[Any]
DATASET: Final = "io_belgium_covid"


@dataclass(frozen=True, slots=True, eq=False)
class Belgium:
    """Its table, and by sector, in the order of the table: `cover`, days of stock that a sector holds; `criticality`
    [input, user], 1 where output stops without it; `facts`, the columns of sectors.csv; `phases`, the part of the shock
    that is in force in each phase of the lockdown. `gdp`: observed, by month, February 2020 is 1.
    """

    table: IoTable
    cover: Array
    criticality: Array
    facts: pd.DataFrame
    phases: pd.DataFrame
    gdp: pd.Series


def belgium(data: str | Path | None = None) -> Belgium:
    """Read the data set from the folder that holds it. Raises ValueError that says what is not there."""
    columns = ("domestic_output_meur", "gross_value_added_meur", "desired_input_stock_days")
    facts = pd.read_csv(find_table(DATASET, "sectors.csv", ("sector", *columns), data), index_col="sector")
    flows = square(find_table(DATASET, "io_table_domestic_meur.csv", (), data)).loc[facts.index, facts.index]
    critical = square(find_table(DATASET, "input_criticality.csv", (), data)).loc[facts.index, facts.index]
    phases = pd.read_csv(find_table(DATASET, "policy_phases.csv", ("sector",), data), index_col="sector")
    seen = pd.read_csv(find_table(DATASET, "observed_be_2020_21.csv", ("series", "date", "value"), data))
    gdp = seen[seen["series"] == "gdp_rel_feb2020"]
    output, value_added, cover = (facts[column].to_numpy(np.float64) for column in columns)
    table = IoTable(tuple(facts.index), flows.to_numpy(np.float64), output, value_added)
    by_month = pd.Series(gdp["value"].to_numpy(), pd.to_datetime(gdp["date"]).dt.to_period("M"), name="gdp")
    return Belgium(table, cover, critical.to_numpy(np.float64), facts, phases.loc[facts.index], by_month)
