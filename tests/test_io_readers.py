"""Input-output tables from files: a square one by hand, that of Belgium, and that of the United States."""

import numpy as np
import pytest
from real_data import real_data

from supplynet.readers.belgium import belgium
from supplynet.readers.io_tables import read_io_table, united_states

FLOWS = "seller,farms,mills\nmills,5,20\nfarms,30,60\n"
SECTORS = "sector,output,value_added\nfarms,100,50\nmills,200,110\n"


@pytest.fixture
def files(tmp_path):
    """Writes the two files, one of them changed, and gives their paths."""

    def write(flows=FLOWS, sectors=SECTORS):
        paths = tmp_path / "flows.csv", tmp_path / "sectors.csv"
        for path, text in zip(paths, (flows, sectors), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths

    return write


def test_rows_are_found_by_name_whatever_their_order(files):
    table = read_io_table(*files())
    assert table.sectors == ("farms", "mills")
    assert table.flow.tolist() == [[30.0, 60.0], [5.0, 20.0]]
    assert table.output.tolist() == [100.0, 200.0] and table.value_added.tolist() == [50.0, 110.0]
    assert table.final_demand.tolist() == [10.0, 175.0]


def test_value_added_may_be_missing_and_output_may_have_another_name(files):
    table = read_io_table(*files(sectors="sector,made\nmills,200\nfarms,100\n"), output="made")
    assert table.output.tolist() == [100.0, 200.0] and table.value_added.tolist() == [65.0, 120.0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"flows": FLOWS.replace("mills,5", "mlils,5")}, "row 'mlils' has no column; did you mean 'mills'"),
        ({"flows": FLOWS.replace(",mills\n", ",mill\n")}, "row 'mills' has no column; did you mean 'mill'"),
        ({"flows": FLOWS.replace("farms,30", "mills,30")}, "row 'mills' is given twice"),
        ({"flows": FLOWS.replace("60", "sixty")}, "row 'farms', column 'mills' is 'sixty', must be a number"),
        ({"flows": FLOWS.replace("60", "-60")}, "flows.csv.*row 'farms', column 'mills' is -60"),
        ({"flows": FLOWS.replace("60", "95")}, "sector 'farms' sells 125 to sectors, but makes 100"),
        ({"flows": FLOWS.replace("30,60", "100,0")}, "spectral radius"),
        ({"sectors": SECTORS.replace("mills", "mill")}, "sector 'mills' is not there; did you mean 'mill'"),
        ({"sectors": SECTORS + "ships,3,1\n"}, "sector 'ships' is not there"),
        ({"sectors": SECTORS.replace("output", "outptu")}, "column 'output' is missing; did you mean 'outptu'"),
        ({"sectors": SECTORS + "farms,3,1\n"}, "sector 'farms' is given twice"),
    ],
)
def test_a_file_that_cannot_be_says_where(files, changed, said):
    with pytest.raises(ValueError, match=said):
        read_io_table(*files(**changed))


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(ValueError, match=r"none\.csv.*cannot be read"):
        read_io_table(tmp_path / "none.csv", tmp_path / "none.csv")


def test_the_belgian_table_is_as_its_page_says():
    country = belgium(real_data())
    table = country.table
    assert len(table.sectors) == 63 and table.radius == pytest.approx(0.38, abs=0.005)
    assert table.coefficients.sum(axis=0).max() == pytest.approx(0.66, abs=0.005)
    shock = country.facts["supply_shock_first_order"].to_numpy()
    assert shock @ table.output / table.output.sum() == pytest.approx(0.17, abs=0.005)
    assert shock @ table.value_added / table.value_added.sum() == pytest.approx(0.16, abs=0.005)
    critical = (country.criticality == 1.0) & (table.flow > 0.0)
    assert critical.sum() / (table.flow > 0.0).sum() == pytest.approx(0.15, abs=0.01)
    assert table.flow[critical].sum() / table.flow.sum() == pytest.approx(0.60, abs=0.01)
    assert country.gdp["2020-04"] == pytest.approx(0.6567, abs=1e-4) and country.gdp["2020-02"] == 1.0
    assert country.phases.shape == (63, 9) and country.cover[table.sectors.index("A01")] == pytest.approx(32.179)


def test_the_table_of_the_united_states_sells_what_industries_make():
    table = united_states(real_data())
    assert len(table.sectors) == 71 and table.output.sum() == pytest.approx(40.58e6, rel=1e-3)
    assert (table.final_demand > 0.01 * table.output).all() and table.radius < 0.5
    assert table.value_added.sum() == pytest.approx(22.486e6, rel=2e-3), "at basic prices"
    # trade earns what goods pay: of all that industries use, retailers sold 4 thousand million, most of it as margins
    retail = [table.sectors.index(code) for code in ("441", "445", "452", "4A0")]
    assert table.flow[retail].sum() > 10.0 * 4_012
    assert np.isfinite(table.coefficients).all()
