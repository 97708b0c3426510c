"""Random networks for property tests: every shape, every rule, every kind of lane.

With `integers=True` all quantities are whole numbers (or halves and quarters of them) and nothing divides otherwise,
so that floats are exact.
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import networkx as nx
from deciding import gathered
from hypothesis import assume
from hypothesis import strategies as st
from users import Hoarder, Listener

from supplynet.demand import AR1, Constant, Seasonal, Step, Trace
from supplynet.disruptions import Disruption
from supplynet.distributions import Bernoulli, Discrete, NegativeBinomial, Normal, Poisson
from supplynet.graphs import from_graph
from supplynet.network import Network, Signal
from supplynet.policies.allocation import Priority
from supplynet.policies.contract import AllocationRule, InputRule, OrderingRule, SourcingRule
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import BaseStock, Kanban, MakeToOrder, Plan, Sterman
from supplynet.prepare import prepare
from supplynet.processes.interest import EarlyInterest
from supplynet.shock_checks import Reach

ORDERING, INPUT, SOURCING, ALLOCATION = (
    [rule for rule in gathered("EXAMPLES") if isinstance(rule, kind)]
    for kind in (OrderingRule, InputRule, SourcingRule, AllocationRule)
)
SHAPES = ("serial", "assembly", "distribution", "general", "cyclic", "cyclic_same_day")
GRAIN = 0.30127  # real quantities are multiples of it, so that no sum of a few of them lies on an edge of rounding


@st.composite
def networks(draw: Any, *, integers: bool = False, shapes: tuple[str, ...] = SHAPES) -> Network:
    """A network of up to seven firms and up to three customers; on a cycle flows are no whole numbers."""
    possible = [shape for shape in shapes if not (integers and "cyclic" in shape)]
    return _Author(draw, integers, draw(st.sampled_from(possible))).write()


starts = partial(st.sampled_from, ("steady", "empty"))


class _Author:
    """Draws one network, piece by piece."""

    def __init__(self, draw: Any, integers: bool, shape: str) -> None:
        self.draw, self.integers, self.shape = draw, integers, shape
        self.graph, self.signals, self.disruptions = nx.DiGraph(), [], []

    def write(self) -> Network:
        firms, lanes, back = self.structure()
        bought = {customer for _, customer in lanes + back}
        for firm in firms:
            self.graph.add_node(f"firm {firm}", **self.firm(firm in bought, bool(back) and firm in bought))
        for supplier, customer in lanes + back:
            self.lane(f"firm {supplier}", f"firm {customer}", back=(supplier, customer) in back)
        for number in range(self.pick(1, 3)):
            self.graph.add_node(f"customer {number}", **self.customer())
            for firm in [firms[-1]] if self.shape in ("serial", "assembly") else self.some(firms, 1, 2):
                self.lane(f"firm {firm}", f"customer {number}", back=False)
        self.share_inputs()
        self.listen()
        self.disrupt()
        assume(self.is_playable())
        network = from_graph(self.graph, signals=self.signals, disruptions=self.disruptions)
        reach = Reach(network)
        return replace(network, disruptions=tuple(event for event in self.disruptions if not any(reach.faults(event))))

    def structure(self) -> tuple[list[int], list[tuple[int, int]], list[tuple[int, int]]]:
        """The firms, their lanes downstream, and their lanes back upstream."""
        if self.shape == "serial":
            firms = list(range(self.pick(1, 4)))
            return firms, list(pairwise(firms)), []
        if self.shape == "assembly":
            firms = list(range(self.pick(2, 5)))
            return firms, [(firm, self.pick(firm + 1, firms[-1])) for firm in firms[:-1]], []
        firms = list(range(self.pick(2, 6)))
        if self.shape == "distribution":
            return firms, [(self.pick(0, firm - 1), firm) for firm in firms[1:]], []
        lanes = [(supplier, firm) for firm in firms[1:] for supplier in self.some(firms[:firm], 0, 3)]
        if self.shape == "general":
            return firms, lanes, []
        forward = set(lanes) | set(pairwise(firms))
        back = [(firms[-1], firms[0]), (self.pick(1, firms[-1]), 0)]
        return firms, sorted(forward), sorted(set(back))

    def firm(self, buys: bool, cycles: bool) -> dict[str, Any]:
        made = {"kind": self.one("factory", "distributor") if buys else self.one("supplier", "factory")}
        rule = self.ordering(cycles)
        if made["kind"] != "supplier" or self.maybe():
            made["ordering"] = rule
        if buys and self.shape == "cyclic_same_day":
            made["input_rule"] = self.days_of_cover()
        elif buys and not self.integers and self.maybe():
            made["input_rule"] = self.one(self.days_of_cover(), Hoarder(self.part()), *INPUT)
        if not self.integers:
            if buys and self.maybe():
                made["sourcing"] = self.one(*SOURCING)
            made["allocation"] = self.one(*ALLOCATION)
            if self.maybe():
                made["product"] = self.one("part", "material")
        else:
            made["allocation"] = Priority()
        made["production_lead_time"] = self.lead_time(self.one(0, 0, 1, 2))
        made["on_hand"] = self.quantity(0, 60)
        if self.maybe(4):
            made |= {"lot": self.quantity(2, 4), "setup": self.pick(1, 6) / 4, "unit_time": self.pick(0, 2) / 8}
        if "ordering" in made and not isinstance(rule, Kanban) and not rule.makes_to_order and self.maybe(4):
            sizes = {"order_multiple": self.quantity(0, 5), "minimum_order_quantity": self.quantity(0, 9)}
            made |= sizes | {"order_cap": self.quantity(9, 40) + sizes["order_multiple"]}  # so that some order fits
        if self.maybe():
            random = Bernoulli(0.75, self.quantity(5, 60)) if self.integers or self.maybe() else Normal(20.0, 12.0)
            made["capacity"] = self.one(self.quantity(5, 60), random, Step(30.0, 4.0, 6))
        if self.maybe():
            made["normal_output"] = self.quantity(1, 20)
        if self.maybe(5):
            made["stock_factor"] = self.pick(0, 4) / 4
        return made | self.costs() | self.prices()

    def customer(self) -> dict[str, Any]:
        size = self.quantity(1, 20)
        processes = [Constant(size), Step(size, 2 * size, 5), Trace((size, 0.0, 3 * size, size), repeat=True)]
        processes += [Poisson(float(self.pick(1, 9))), EarlyInterest(Poisson(4.0), 0.5, self.pick(0, 3))]
        processes.append(EarlyInterest(Poisson(2.0 * self.pick(1, 9)), 0.5))
        if not self.integers:
            processes += [Normal(size, size), AR1(size, 0.5 * size, 0.7), NegativeBinomial(size, 2 * size + 1)]
            processes += [Seasonal(Normal(size, 0.1 * size), 0.8, 7.0)]
        made = {"kind": "customer", "demand": self.one(*processes)} | self.costs()
        if not self.integers and self.maybe(4):
            made["input_rule"] = self.days_of_cover()
        if self.maybe(4):
            made["capacity"] = self.quantity(5, 30)
        if self.maybe(5):
            made["production_lead_time"] = self.pick(1, 2)
        return made

    def costs(self) -> dict[str, float]:
        names = ("holding_cost", "backlog_cost", "lost_cost", "fixed_order_cost", "setup_cost")
        return {name: self.pick(0, 8) / 4 for name in names if self.maybe()}

    def prices(self) -> dict[str, Any]:
        price = self.pick(0, 8) / 4
        return {"price": self.one(price, Step(price, 2.0, 5))} if self.maybe() else {}

    def ordering(self, cycles: bool) -> OrderingRule:
        level = self.quantity(0, 150)
        plan = tuple(self.quantity(0, 30) for _ in range(self.pick(1, 5)))
        rules: list[OrderingRule] = [BaseStock(level), Plan(plan)]
        rules += [Sterman(level, self.pick(0, 4) / 4, self.pick(0, 4) / 4, 0.0, self.pick(0, 3), True)]
        rules += [] if cycles else [MakeToOrder(), MakeToOrder()]
        if not self.integers:
            rules += [Listener(self.quantity(0, 15), self.part(), self.pick(1, 3))]
            rules += [rule for rule in ORDERING if not (cycles and rule.makes_to_order)]
        return self.one(*rules)

    def days_of_cover(self) -> DaysOfCover:
        basis = self.one("output", "capped_demand", "demand")
        return DaysOfCover(1.0 + self.pick(0, 20) * GRAIN, 0.5 + self.part() / 2, basis)

    def lane(self, supplier: str, customer: str, *, back: bool) -> None:
        same_day_order = not back or self.shape == "cyclic_same_day"
        made: dict[str, Any] = {
            "order_lead_time": self.lead_time(self.pick(0 if same_day_order else 1, 3)),
            "shipment_lead_time": self.lead_time(self.pick(1 if back else 0, 3)),
            "priority": float(self.pick(0, 2)),
            "back": back,
        }
        seller = self.graph.nodes[supplier]
        takes_time = seller["production_lead_time"] != 0 or "lot" in seller
        if self.maybe() and not (seller.get("ordering", MakeToOrder()).makes_to_order and takes_time):
            made["unfilled"] = "lost"
        for slot in ("orders_in_mail", "goods_in_transit", "input_stock"):
            if self.maybe(5):
                made[slot] = self.quantity(0, 30)
        if self.maybe():
            made["in_transit_cost"] = self.pick(0, 8) / 4
        self.graph.add_edge(supplier, customer, **made)

    def share_inputs(self) -> None:
        """Give the lanes of each input one bill of materials, and shares; with whole numbers, ranks too."""
        for buyer in self.graph.nodes:
            inputs: dict[str, list[dict[str, Any]]] = {}
            for supplier, _, lane in self.graph.in_edges(buyer, data=True):
                inputs.setdefault(self.graph.nodes[supplier].get("product", supplier), []).append(lane)
            for lanes in inputs.values():
                units = self.one(1.0, 2.0, 0.5) if self.integers else 0.2 + self.quantity(1, 5)
                own = {"units_per_output": 1 / 128 if sum(lane.pop("back") for lane in lanes) else units}
                if self.maybe():
                    own["target"] = self.quantity(0, 40)
                if not self.integers:
                    own["cover"] = self.quantity(0, 20)
                if self.maybe(4):
                    own["criticality"] = self.pick(0, 4) / 4
                if self.maybe(4):
                    own["input_holding_cost"] = self.pick(0, 8) / 4
                weights = [float(self.pick(0, 4)) for _ in lanes]
                for lane, weight in zip(lanes, weights, strict=True):
                    lane |= own
                    if sum(weights) > 0 and len(lanes) > 1:
                        lane["share"] = weight / sum(weights)
        for node in self.graph.nodes if self.integers else ():
            for rank, (_, _, lane) in enumerate(self.graph.out_edges(node, data=True)):
                lane["priority"] = float(rank)

    def listen(self) -> None:
        """Tell those who listen; a source downstream may tell on the same day what it booked."""
        nodes = list(self.graph.nodes)
        for reader in nodes:
            rules = [rule for key in ("ordering", "input_rule") if (rule := self.graph.nodes[reader].get(key))]
            told = dict.fromkeys(name for rule in rules for name in rule.reads if name.startswith("told_"))
            for tells in (name.removeprefix("told_") for name in told):
                customers = [name for name in nodes if self.graph.nodes[name]["kind"] == "customer"]
                if tells == "interest":  # somebody has to show it
                    self.graph.nodes[customers[0]]["demand"] = EarlyInterest(Poisson(6.0), 0.5)
                of_market = tells == "interest" or any(getattr(rule, "infer_from", "") == "sales" for rule in rules)
                others = self.some([name for name in nodes if name != reader], 0, 2) or [nodes[-1]]
                for source in customers[:1] if of_market else others:
                    at_once = tells == "demand" and nodes.index(source) > nodes.index(reader) and self.maybe()
                    delay = 0 if at_once else self.pick(1, 3)
                    start = self.quantity(0, 9) if self.maybe() else float("nan")
                    self.signals.append(Signal(source, reader, tells, delay, self.pick(-1, 4) / 3, start))

    def disrupt(self) -> None:
        """Strike some nodes and lanes, one place more than once now and then."""
        for _ in range(self.pick(0, 3)):
            when = {"start": self.pick(0, 9), "duration": self.one(None, *range(1, 6))}
            if when["duration"] and self.maybe():
                shape = self.one("linear", "stepwise", *(["exponential"] if not self.integers else []))
                when |= {"recovery": shape, "recovery_periods": self.one(1, 3)}
            node, (supplier, customer) = self.one(*self.graph.nodes), self.one(*self.graph.edges)
            endless = "capacity" not in self.graph.nodes[node]
            part = 0.0 if endless else self.pick(0, 4) / 4
            sharp = {key: when[key] for key in ("start", "duration")} if endless else when
            self.disruptions.append(Disruption(node, "capacity_factor", part, **sharp))
            self.disruptions.append(Disruption(f"{supplier}>{customer}", "open_factor", self.pick(0, 3) / 4, **when))
            self.disruptions.append(Disruption(node, "stock_factor", self.pick(0, 4) / 4, **when))
            buyers = [name for name in self.graph.nodes if self.graph.nodes[name]["kind"] == "customer"]
            place = self.one(*buyers, "kind=customer", "tier=0")
            self.disruptions.append(Disruption(place, "demand_factor", float(self.pick(0, 3)), **when))
            more = {"order_factor": self.one("tier=1", node), "hoarding": self.one(*buyers, "kind=distributor")}
            more |= {"transit_factor": f"{supplier}>*", "extra_lead_time": f"{supplier}>{customer}"}
            for column in self.some(list(more), 0, 4):
                known = more[column] != "kind=distributor" or any(
                    self.graph.nodes[name]["kind"] == "distributor" for name in self.graph.nodes
                )
                size: Any = float(self.pick(0, 2)) if column in ("hoarding", "extra_lead_time") else self.pick(0, 4) / 4
                if column in ("order_factor", "transit_factor") and self.maybe(3):
                    size = Bernoulli(0.5, 0.5)
                if known:
                    twice = [Disruption(more[column], column, size, **when, together=self.maybe())] * self.pick(1, 2)
                    self.disruptions += twice

    def is_playable(self) -> bool:
        """Whether the network has a steady start and an order of the day."""
        try:
            prepare(from_graph(self.graph, signals=self.signals), "steady")
        except ValueError as fault:
            if "cycle" in str(fault):
                return False
            raise
        return True

    def lead_time(self, usual: int) -> Any:
        """The usual lead time, or now and then a random one that is not shorter."""
        if not self.maybe(5):
            return usual
        late = Discrete((usual, usual + 2), (0.2, 0.8))
        return self.one(Discrete((usual, usual + 1, usual + 3), (0.5, 0.25, 0.25)), late)

    def quantity(self, low: int, high: int) -> float:
        whole = float(self.pick(low, high))
        return whole if self.integers else whole * GRAIN

    def part(self) -> float:
        return self.pick(0, 10) / 10

    def pick(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def one(self, *choices: Any) -> Any:
        return choices[self.pick(0, len(choices) - 1)]

    def some(self, choices: list[Any], least: int, most: int) -> list[Any]:
        strategy = st.lists(st.sampled_from(choices), min_size=least, max_size=min(most, len(choices)), unique=True)
        return list(self.draw(strategy)) if choices else []

    def maybe(self, one_in: int = 2) -> bool:
        return self.pick(1, one_in) == one_in
