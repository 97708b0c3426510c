"""Bad input: each fault is one message that names where, what, rule and cure; nothing is half-written."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import DEMAND, GOOD, LANES, NODES, changed, good, write_tables
from shell import shell, written
from typer import Exit

import supplynet
from supplynet.checks import SHOWN, Faults
from supplynet.shell.options import told

pytestmark = pytest.mark.usefixtures("folder")
TOLD = "source,reader,tells"
EVENTS = "where,column,factor,start,duration\n"
EVENT = EVENTS + "works,capacity_factor,0,1,2\n"
NEGATIVE = "whose mean must be >= 0; mend it"
LATIN = {**GOOD, "nodes.csv": NODES.replace("town", "tüwn").encode("latin-1")}


def node(old: str, new: str):
    return changed("nodes.csv", old, new)


def lane(old: str, new: str):
    return changed("lanes.csv", old, new)


def without(file: str):
    return {name: text for name, text in GOOD.items() if name != file}


CASES = {
    "no nodes file": (without("nodes.csv"), ["'pits' has no nodes.csv", "write one", "demand.csv, lanes.csv"]),
    "no lanes file": (without("lanes.csv"), ["'pits' has no lanes.csv"]),
    "no demand file": (without("demand.csv"), ["nodes.csv line 3 (town): demand: trace needs rows", "demand.csv"]),
    "empty folder": ({}, ["has no nodes.csv", "has no lanes.csv", "in it there is nothing"]),
    "misnamed": ({**without("lanes.csv"), "Lanes.csv": LANES}, ["Lanes.csv is not read; did you mean 'lanes.csv"]),
    "misnamed one": (good(signal_csv="x\n"), ["signal.csv is not read; did you mean 'signals.csv'?"]),
    "no node column": (node("node,", "name,"), ["nodes.csv: column 'name' is not known", "has no column 'node'"]),
    "no supplier column": (lane("supplier", "from"), ["lanes.csv has no column 'supplier'", "supplier and customer"]),
    "unknown column": (node("capacity", "capcity"), ["nodes.csv: column 'capcity'", "did you mean 'capacity'?"]),
    "column with capitals": (node("on_hand", "On Hand"), ["column 'On Hand' is not known; did you mean 'on_hand'?"]),
    "column of another table": (node("sd", "share"), ["nodes.csv: column 'share' belongs in lanes.csv; move it there"]),
    "column twice": (lane("share", "product"), ["lanes.csv has the column 'product' twice; delete one"]),
    "column without a name": (node(",capacity,", ",,"), ["nodes.csv: column 6 has no name; give it one"]),
    "too many cells": (node("400,2,,,", "400,2,,,,9"), ["nodes.csv line 5 has 11 cells", "10 columns", "quotes"]),
    "open quote": (node("shop,", '"shop,'), ["nodes.csv line 7 cannot be read", "a quote that is not closed"]),
    "empty file": ({**GOOD, "nodes.csv": ""}, ["nodes.csv is empty; give it a first line"]),
    "empty network": ({**GOOD, "nodes.csv": "node,kind\n"}, ["nodes.csv has no nodes; add at least a supplier"]),
    "latin letters": (LATIN, ["nodes.csv line 3 is not in UTF-8 (byte 0xfc); save the file as 'CSV UTF-8'"]),
    "utf-16": ({**GOOD, "lanes.csv": LANES.encode("utf-16")}, ["lanes.csv line 1 is not in UTF-8"]),
    "unknown kind": (node("town,customer", "town,custmer"), ["line 3 (town): kind is 'custmer'", "mean 'customer'?"]),
    "unknown rule": (node("base_stock,300", "base_stok,300"), ["line 4 (shop): ordering", "mean 'base_stock'?"]),
    "rule of another family": (node("base_stock,300", "lot_for_lot,300"), ["'lot_for_lot' is one for input_rule"]),
    "parameter is missing": (node("base_stock,300", "base_stock,"), ["(shop): ordering", "needs base_stock_level"]),
    "parameter in text": (node("base_stock,300", "base_stock,soon"), ["base_stock_level is 'soon'", "a finite number"]),
    "unknown parameter": (node("stock,300", "stock(level=3),"), ["has no parameter 'level'", "base_stock_level"]),
    "parameter of no rule": (node("base_stock,300", "mto,300"), ["line 4 (shop): base_stock_level is given, but"]),
    "rule is missing": (node("base_stock,300", ","), ["line 4: node 'shop': a distributor needs an ordering rule"]),
    "negative stock": (node("300,150", "300,-1"), ["nodes.csv line 4 (shop): on_hand is -1.0, must be a number >= 0"]),
    "negative capacity": (node("120,400", "120,-4"), ["(works): capacity is -4.0, must be a number >= 0"]),
    "nan": (node("120,400", "120,NaN"), ["capacity is 'NaN'", "leave it blank for the default"]),
    "text in a number": (node("120,400", "120,much"), ["capacity is 'much', must be a number >= 0"]),
    "thousands": (node("120,400", '120,"1,400"'), ["capacity is '1,400'", "a point before decimals"]),
    "percent": (lane("0.4", "40%"), ["share is '40%'", "25 % is 0.25"]),
    "unknown distribution": (node("120,400", "120,nomral(4,5)"), ["capacity: process 'nomral'", "mean 'normal'?"]),
    "open bracket": (node("120,400", "120,normal(4"), ["'normal(4' cannot be read", "normal(10, 3)"]),
    "random stock": (node("120,400", "normal(1,2),4"), ["on_hand is 'normal(1,2)'", "only capacity"]),
    "probabilities": (node("400,2", "400,discrete(1:0.4)"), ["sum of probabilities is 0.4, must be 1"]),
    "fractional lead time": (node("400,2", "400,2.5"), ["production_lead_time is 2.5", "round it"]),
    "negative lead time": (lane("1,2", "1,-2"), ["line 4 ('works' -> 'shop'): shipment_lead_time is -2.0"]),
    "infinite lead time": (lane("1,2", "inf,2"), ["order_lead_time is inf, must be a whole number >= 0"]),
    "lead time that is a process": (node("400,2", "400,step(1,2,3)"), ["or a distribution", "line 5"]),
    "unknown demand": (node("normal,100", "nomral,100"), ["(market): demand: process 'nomral'", "mean 'normal'?"]),
    "demand without a parameter": (node("100,20", "100,"), ["'normal' needs sd; write normal(mean=..., sd=...)"]),
    "negative spread": (node("100,20", "100,-20"), ["Normal: sd is -20, must be a finite number >= 0"]),
    "negative demand": (node("normal,100,20", "-5,,"), ["line 2: node 'market': demand", "quantity is -5.0"]),
    "no demand": (node("normal,100,20", ",,"), ["line 2: customer 'market' has no demand; give it one"]),
    "demand of a shop": (node("300,150,,,", "300,150,,,9"), ["line 4: node 'shop': a distributor has no demand"]),
    "trace and a number": (node("trace", "5"), ["(town): demand: it is '5', but demand.csv has rows"]),
    "node twice": (node("quarry,s", "mine,s"), ["nodes.csv line 7: node 'mine' stands in line 6 already"]),
    "node without a name": (node("quarry,s", ",s"), ["nodes.csv line 7: node is blank; give it a name"]),
    "node with a >": (node("quarry,s", "a>b,s"), ["line 7: node is 'a>b'", "cannot contain '>'"]),
    "unknown node in a lane": (lane("shop,town", "shop,twon"), ["lanes.csv line 3: customer", "did you mean 'town'?"]),
    "blank end of a lane": (lane("shop,town", ",town"), ["lanes.csv line 3: supplier: it is blank"]),
    "lane twice": (lane("quarry,", "mine,"), ["lanes.csv line 6: lane 'mine' -> 'works' stands in line 5 already"]),
    "lane out of a customer": (lane("shop,town", "town,market"), ["lane 'town' -> 'market': a customer supplies"]),
    "lane into a supplier": (lane("quarry,works", "works,quarry"), ["lane 'works' -> 'quarry': a supplier makes"]),
    "lane to itself": (lane("shop,town", "shop,shop"), ["line 3: lane 'shop' -> 'shop': a node cannot supply itself"]),
    "node without supply": (node("mine,supplier,", "mine,distributor,mto"), ["distributor 'mine' has no lane into"]),
    "shares": (lane("0.4", "0.5"), ["line 5: node 'works': the shares", "sum to 1.1, must be 1"]),
    "shares in part": (lane("0.4", ""), ["line 5: node 'works': the shares", "are blank in part; give all"]),
    "two bills of materials": (lane("0.4,2", "0.4,3"), ["lanes.csv line 5", "units_per_output is 2", "says 3"]),
    "two places": (good(inputs_csv="node,units_per_output\nworks,3\n"), ["inputs.csv line 2", "is 3", "says 2"]),
    "unknown input": (good(inputs_csv="node,product,cover\nworks,ston,1\n"), ["buys no 'ston'; did you mean 'stone'?"]),
    "zero units": (lane("0.6,2", "0.6,0"), ["lanes.csv line 5 ('mine' -> 'works'): units_per_output is 0.0"]),
    "unknown unfilled": (lane("order_lead_time", "unfilled"), ["unfilled is '0', must be one of backorder, lost"]),
    "not TOML": ({**GOOD, "scenario.toml": "periods =\nseed = 1"}, ["scenario.toml is not TOML", "line 1", "mend it"]),
    "no periods": (changed("scenario.toml", "30", "0"), ["scenario.toml: periods is 0, must be a whole number >= 1"]),
    "periods in quotes": (changed("scenario.toml", "30", '"30"'), ["scenario.toml: periods is '30', must be a whole"]),
    "long warm-up": (changed("scenario.toml", "5", "50"), ["warm_up is 50 of 30 periods"]),
    "unknown start": (good(scenario_toml="start = 'warm'"), ["start is 'warm', must be one of empty, steady"]),
    "unknown setting": (changed("scenario.toml", "periods", "perids"), ["'perids' is not a key", "'periods'?"]),
    "unknown kind of defaults": (good(scenario_toml="[defaults.factry]\n"), ["[defaults.factry]", "'factory'?"]),
    "unknown default": (good(scenario_toml="[defaults.factory]\nlott = 1"), ["[defaults.factory]: 'lott'", "'lot'?"]),
    "negative default": (good(scenario_toml="[defaults.factory]\nlot = -1"), ["toml [defaults.factory]: lot is -1.0"]),
    "unknown default rule": (good(scenario_toml="allocation = 'prio'"), ["allocation: rule 'prio' is not known"]),
    "unknown node in a signal": (good(signals_csv=TOLD + "\nmarket,shpo,demand"), ["did you mean 'shop'?"]),
    "unknown signal": (good(signals_csv=TOLD + "\nmarket,shop,dmand"), ["line 2: tells is 'dmand'", "'demand'?"]),
    "delay": (good(signals_csv=TOLD + ",delay\nmarket,shop,demand,0.5"), ["signals.csv line 2", "delay is 0.5"]),
    "unknown node in a disruption": (good(disruptions_csv=EVENTS + "wroks,capacity_factor,0,1,2"), ["mean 'works'?"]),
    "unknown disruption": (good(disruptions_csv=EVENTS + "works,capacity,0,1,2"), ["mean 'capacity_factor'?"]),
    "great factor": (good(disruptions_csv=EVENTS + "works,capacity_factor,2,1,2"), ["line 2", "factor is 2"]),
    "no factor": (good(disruptions_csv=EVENTS + "works,capacity_factor,,1,"), ["line 2: factor is blank"]),
    "unknown label": (good(disruptions_csv=EVENTS + "region=e,capacity_factor,0,1,"), ["line 2", "node has a region"]),
    "unknown recovery": (good(disruptions_csv="where,column,factor,recovery\nworks,capacity_factor,0,slow"),
                         ["line 2", "recovery is 'slow', must be one of sudden"]),
    "date": (changed("demand.csv", "1,town", "2024-01-01,town"), ["demand.csv line 3: period is '2024-01-01'"]),
    "period twice": (changed("demand.csv", "1,town", "0,town"), ["demand.csv line 3", "period 0 already"]),
    "period is missing": (changed("demand.csv", "2,town", "3,town"), ["customer 'town' has no row for period 2"]),
    "returns": (changed("demand.csv", "town,12", "town,-12"), ["demand.csv line 3: quantity is -12"]),
    "unknown customer": (good(demand_csv=DEMAND + "0,twon,1\n"), ["demand.csv line 5: there is no node 'twon'"]),
    "thousands that shift a row": (node("stock,300", "stock,1,300"), ["line 4 has 11 cells", "10 columns", "1234.5"]),
    "second disruption": (good(disruptions_csv=f"{EVENT}works,capacity_factor,0,-1,2"), ["csv line 3", "start is -1"]),
    "disruption of no lane": (good(disruptions_csv=EVENT + "works,open_factor,0,1,2"), ["line 3", "no lane 'works'"]),
    "second signal": (good(signals_csv=TOLD + ",delay" + 2 * "\nmarket,shop,demand,1" + "e-3"), ["csv line 3: signal"]),
    "negative mean": (node("normal,100,20", "normal,-100,20"), ["line 2: node 'market': demand is", NEGATIVE]),
    "negative memory": (node("normal,100,20", "ar1(-9,1,0.5),,"), ["line 2: node 'market': demand is AR1", NEGATIVE]),
    "negative random capacity": (node("120,400", "120,normal(-9,2)"), ["line 5: node 'works': capacity", NEGATIVE]),
    "negative random lead time": (lane("1,2", "1,normal(-9,2)"), ["lanes.csv line 4: lane", NEGATIVE]),
    "thousands with a point": (
        {**GOOD, "lanes.csv": LANES.replace(",", ";").replace("0.6", "0,6").replace("0.4;2", "0,4;2.000")},
        ["lanes.csv line 6: units_per_output is '2.000', and the file has decimal commas", "write 2000 or 2,000"],
    ),
    "thousands with a comma": (
        {**GOOD, "lanes.csv": LANES.replace(",", ";").replace("0.4;2", "0.4;2,000")},
        ["lanes.csv line 6: units_per_output is '2,000', and the file has decimal points", "write 2000 or 2.000"],
    ),
    "parameter twice": (node("base_stock,300", "base_stock(310),300"), ["base_stock(310) says it in brackets;"]),
    "default that nobody takes": (good(scenario_toml="[defaults.supplier]\ncards = 3"), ["cards is given, but no"]),
    "default demand": (good(scenario_toml="[defaults.customer]\ndemand = 'poison'"), ["mer]: demand", "'poisson'?"]),
    "warm-up longer than demand": (good(scenario_toml="warm_up = 3"), ["scenario.toml: warm_up is 3 of 3 periods"]),
    "shares without a product": (
        {**GOOD, "lanes.csv": LANES.replace("stone", "")},
        ["suppliers of 'mine' sum to 0.6", "suppliers of 'quarry' sum to 0.4", "give both lanes one product name"],
    ),
    "boxes in boxes": (good(scenario_toml=f"a = {9_999 * '['}{9_999 * ']'}"), ["scenario.toml is not TOML"]),
    "endless lead time": (lane("1,2", "1e9,2"), ["order_lead_time is 1000000000.0, must be at most 100,000 periods"]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "says"), CASES.values(), ids=CASES)
def test_a_faulty_folder_is_one_message_with_a_cure_and_nothing_is_written(files, says, folder):
    write_tables(Path("pits"), files)
    before = written(folder)
    done = shell("run", "pits", "--out", "results")
    assert done.exit_code == 2 and done.stdout == "" and "Traceback" not in done.output
    assert done.stderr.startswith("error: ") and done.stderr.count("error") == 1 and written(folder) == before
    for part in says:
        assert part in done.stderr
    assert "np.float" not in done.stderr and "nan" not in done.stderr.replace("'NaN'", "")
    with pytest.raises(Faults) as caught:
        supplynet.read_folder("pits")
    assert f"error: {caught.value}\n" == done.stderr
    checked = shell("check", "pits")
    assert checked.exit_code == 2 and checked.stdout.splitlines() == list(caught.value.problems)
    assert f"pits has {len(caught.value.problems)} problem" in checked.stderr


def test_every_problem_of_a_folder_is_reported_at_once_and_none_that_only_follows_from_another():
    write_tables(
        Path("pits"),
        {
            "nodes.csv": NODES.replace("normal,100,20", "normal,100,").replace("400,2", "400,2.5")
            + "yard,distributor,kanban,,-3,,,,,\nkiosk,customer,,,,,,,,\n",
            "lanes.csv": LANES.replace("shop,market", "shop,markt").replace("0.4", "0.5") + "shop,kiosk,,x,0,,\n",
            "demand.csv": DEMAND.replace("town,12", "town,-12"),
            "scenario.toml": "periods = 0\nsed = 1\n[defaults.factory]\nholding_cost = -1\n",
        },
    )
    found = shell("check", "pits").stdout.splitlines()
    expected = [
        "scenario.toml: 'sed'", "scenario.toml: periods is 0", "scenario.toml [defaults.factory]: holding_cost",
        "nodes.csv line 2 (market): demand: process 'normal'", "nodes.csv line 5 (works): production_lead_time",
        "nodes.csv line 5: node 'works': the shares", "nodes.csv line 8 (yard): on_hand is -3.0",
        "nodes.csv line 8 (yard): ordering: rule 'kanban' needs", "nodes.csv line 9: customer 'kiosk' has no demand",
        "demand.csv line 3: quantity is -12", "lanes.csv line 2: customer: there is no node 'markt'",
        "lanes.csv line 7 ('shop' -> 'kiosk'): order_lead_time is 'x'",
    ]  # fmt: skip
    assert len(found) == len(expected), found
    for problem, part in zip(found, expected, strict=True):
        assert problem.startswith(f"pits/{part}"), (problem, part)


RENAMED = {"lanes.csv": LANES.replace("quarry", "a>b")}


@pytest.mark.parametrize(
    "files",
    [node("kind", "art"), node(",mean,", ",meen,"), lane("share", "sahre"), lane("0.4,2", "0.4,two"), lane("0.4", "x"),
     node("works,factory", "works,factry"), node("quarry,s", "a>b,s") | RENAMED,
     good(scenario_toml="allocation = 'prio'"), good(disruptions_csv=EVENT + "works,capacity_factor,0,-1,2")],
)  # fmt: skip
def test_one_slip_is_one_problem_whatever_hangs_on_it(files):
    write_tables(Path("pits"), files)
    assert len(shell("check", "pits").stdout.splitlines()) == 1


def test_what_is_nested_too_deeply_to_be_read_is_told_without_a_traceback(capsys):
    with pytest.raises(Exit) as ended, told():
        raise RecursionError("maximum recursion depth exceeded")
    assert ended.value.exit_code == 2 and capsys.readouterr().err == "error: maximum recursion depth exceeded\n"


def test_a_message_shows_the_first_problems_and_check_all_of_them():
    lanes = LANES + "".join(f"shop,nobody {number},,0,0,,\n" for number in range(SHOWN + 5))
    write_tables(Path("pits"), good(lanes_csv=lanes))
    shown = shell("run", "pits").stderr.splitlines()
    assert len(shown) == SHOWN + 1 and shown[-1] == "... and 5 more; `supplynet check` lists them all"
    assert len(shell("check", "pits").stdout.splitlines()) == SHOWN + 5


def test_a_cycle_without_delay_is_named_with_its_folder():
    lanes = LANES.replace("1,0.6,2", "0,0.6,2") + "works,mine,,0,0,,0.1\n"
    write_tables(Path("pits"), good(lanes_csv=lanes, nodes_csv=NODES.replace("mine,supplier,,", "mine,factory,mto,")))
    said = shell("run", "pits").stderr
    assert said.startswith("error: pits: a cycle without delay: ") and "'works'" in said and "'mine'" in said


def test_a_cycle_that_needs_more_of_a_product_than_it_makes_is_an_error():
    lanes = LANES + "works,mine,,1,1,,5\n"
    write_tables(Path("pits"), good(lanes_csv=lanes, nodes_csv=NODES.replace("mine,supplier,,", "mine,factory,mto,")))
    said = shell("run", "pits").stderr
    assert said.startswith("error: pits: the mean flows do not settle: the cycle of lanes through 'works', 'mine' ")


def test_a_rule_that_nobody_tells_is_named_with_its_line():
    nodes = NODES.replace("mine,supplier,,", "mine,supplier,mto,").replace("base_stock,700", "forward_buying(9, 9, 9),")
    lanes = "\n".join(line for line in LANES.splitlines() if not line.endswith("2"))
    nodes = "\n".join(line for line in nodes.splitlines() if not line.startswith(("mine", "quarry")))
    write_tables(Path("pits"), good(nodes_csv=nodes, lanes_csv=lanes))
    done = shell("run", "pits")
    assert done.exit_code == 2 and "pits/nodes.csv line 5: node 'works'" in done.stderr and "price" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "pit/"], ["'pit' does not exist", "a folder of tables"]),
        (["run", "pits", "--set", "works.capcity=3"], ["did you mean 'works.capacity'?"]),
        (["run", "pits", "--set", "wroks.capacity=3"], ["did you mean 'works'?"]),
        (["run", "pits", "--set", "works.ordering=kanbn"], ["did you mean 'kanban'?"]),
        (["run", "pits", "--set", "window=3"], ["lever 'window' is not known here"]),
        (["run", "pits", "--set", "shop.base_stock_level=much"], ["base_stock_level", "much"]),
        (["run", "pits", "--periods", "0"], ["periods is 0"]),
        (["run", "pits", "--set", "periods=1e9"], ["'1e9', must be a whole number like 1;"]),
        (["run", "pits", "--set", "order_lead_time=1e9"], ["must be at most 100,000 periods"]),
        (["export", "beer-game", "beer.gml"], ["'beer.gml' would be a folder", "ends in .graphml or .json"]),
        (["run", "pits", "--periods", "100000000000"], ["GB", "--periods"]),
        (["run", "pits", "--disrupt", "kind=customer,demand_factor,1e308,5"], ["too large to count with"]),
        (["run", "pits", "--out", "/dev/null"], ["'/dev/null' is a file, must be a folder"]),
        (["run", "pits", "--out", "pits"], ["'pits' holds the tables of a network", "choose another"]),
        (["run", "pits/scenario.toml"], ["give their folder: 'pits'"]),
        (["check", "pit"], ["folder 'pit' does not exist"]),
        (["check", "pits/nodes.csv"], ["'pits/nodes.csv' is a file, must be a folder of tables"]),
        (["export", "beer-gam", "mine"], ["did you mean 'beer-game'?"]),
        (["export", "beer-game", "pits"], ["'pits' is not empty"]),
        (["export", "beer-game", "/dev/null"], ["'/dev/null' is a file, must be a folder"]),
        (["show", "./pit"], ["does not exist"]),
    ],
)
def test_a_wrong_word_on_the_command_line_is_one_message_and_nothing_is_written(words, says, folder):
    write_tables(Path("pits"), GOOD)
    done = shell(*words)
    assert (
        done.exit_code == 2 and "Traceback" not in done.output and written(folder) == sorted(f"pits/{n}" for n in GOOD)
    )
    for part in says:
        assert part in done.output
