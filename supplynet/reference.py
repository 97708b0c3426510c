"""The whole model, told agent by agent in plain Python. Read this first.

Orders travel up a lane and goods travel down. In every period each agent receives, books, orders, purchases, produces,
ships and settles; it acts on what it sees on its own shelf and its own lanes, and on nothing else. Columns are named
as in schema.py. The engine plays the same day for all nodes at once; tests/test_twin.py holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from supplynet.network import Network
from supplynet.policies.contract import Array, Local, open_memory, stack
from supplynet.prepare import prepare
from supplynet.reference_parts import TINY, Chance, Input, Lane, column, heard, pipeline, row_of, shared, sized, total
from supplynet.schedule import PHASES, SET_BY
from supplynet.schema import results


class Agent(SimpleNamespace):
    """A supplier, factory or distributor: a shelf of finished goods, lanes to buy and to sell on, and three rules."""

    on_hand: float
    in_process: float
    production_backlog: float
    production_order: float
    busy: float

    def settle_in(self) -> None:
        """Look round: which lanes bring inputs, what the rules remember; and open the diary."""
        self.buys = [lane for item in self.inputs for lane in item.lanes]
        self.rules = {which: stack([getattr(self, which)], np.zeros(len(rows), int)) for which, rows in self.decides()}
        self.memory = {}
        for which, rows in self.decides():
            remembers = [self] if self.rules[which].memory_of == "node" else rows
            opened = partial(column, remembers)
            self.memory[which] = open_memory(self.rules[which], len(remembers), opened)
        self.diary = [dict(vars(self))]

    def decides(self) -> list[tuple[str, list[Any]]]:
        """The rules, and for whom each decides: the agent itself, or its lanes."""
        return [("ordering", [self]), ("input_rule", self.buys), ("sourcing", self.buys)]

    def receive(self, today: int) -> None:
        """Goods that are due join the input stock, and finished production what is on hand."""
        self.capacity_factor, self.price = self.factor["capacity_factor"](today), self.price_on(today)
        self.capacity = self.capacity_on(today) * self.capacity_factor if self.capacity_factor else 0.0
        self.interest = self.interest_on(today)
        for item in self.inputs:
            item.hoard(self.factor["hoarding"](today) * self.normal_output)
        self.unload(today, same_day=False)
        if self.line_size > 1:
            self.production = self.line.pop(today, 0.0)
            self.in_process -= self.production
            self.on_hand += self.production

    def unload(self, today: int, *, same_day: bool) -> None:
        """What is due joins the stock; where goods may come on the day they are shipped, as production starts."""
        for lane in self.buys:
            if lane.same_day == same_day:
                lane.received = lane.transport.pop(today, 0.0)
                lane.input_stock += lane.received
                lane.on_order -= lane.received

    def book(self, today: int) -> None:
        """Orders due join the backlog; what a lost-sales lane asks counts only as far as it can be shipped today."""
        for lane in self.sells:
            lane.booked = lane.mail.pop(today, 0.0)
            lane.lane_backlog += lane.booked
        owed = total(lane.lane_backlog for lane in self.sells if not lane.lost_in)
        fleeting = total(lane.claim(today) for lane in self.sells if lane.lost_in)
        self.demand = total(lane.booked for lane in self.sells)
        self.backlog = owed + fleeting
        wanted = self.in_process + self.production_backlog
        arrived = self.could_make(self.production_backlog)
        self.supply_line = wanted - arrived if self.inputs else wanted
        if not self.makes_to_order:
            ready = min(arrived, self.capacity) if self.line_size == 1 else 0.0
            fleeting = min(fleeting, self.on_hand + ready)
        self.inventory_position = self.on_hand + wanted - owed - fleeting

    def order(self, today: int) -> None:
        """The ordering rule says how much more of its own product the agent wants."""
        decided = np.array([self.production_order])
        self.rules["ordering"].order(self.see("ordering", today), decided)
        self.production_order = sized(self, float(decided[0]))
        self.production_backlog += self.production_order

    def purchase(self, today: int) -> None:
        """The input rule turns what is wanted into orders on lanes, and they go into the mail."""
        if self.buys and not self.sourcing.fixed:
            self.rules["sourcing"].split(self.see("sourcing", today), shares := column(self.buys, "share"))
            for lane, share in zip(self.buys, shares.tolist(), strict=True):
                lane.share = share
        decided = column(self.buys, "order")
        if self.buys:
            self.rules["input_rule"].purchase(self.see("input_rule", today), decided)
        for lane, quantity in zip(self.buys, decided.tolist(), strict=True):
            lane.order = quantity * self.factor["order_factor"](today)
            lane.on_order += lane.order
            lane.mail[today + lane.order_lead_time(today)] += lane.order

    def see(self, which: str, today: int) -> Local:
        """What a rule sees of the agent, its inputs and its lanes, where each input ends, and what it is told."""
        ends = np.cumsum([0, *(len(item.lanes) for item in self.inputs)])
        seen = {"first_input": np.array([0, ends.size - 1], np.uint32), "first_end": ends.astype(np.uint32)}
        for name in self.rules[which].reads:
            if name.startswith("told_"):
                setattr(self, name, heard(self, name.removeprefix("told_"), today))
            owners = next(table for table in ([self], self.inputs, self.buys) if name in vars(table[0]))
            seen[name] = column(owners, name)
        local = Local(seen, self.memory[which])
        local.period = today
        return local

    def could_make(self, wanted: float) -> float:
        """As much of what is wanted as the scarcest input allows."""
        scarce = [item for item in self.inputs if item.held() < item.units_per_output * wanted]
        allowed = [(1.0 - i.criticality) * wanted + i.criticality * (i.held() / i.units_per_output) for i in scarce]
        return float(min([wanted, *allowed]))

    def produce(self, today: int) -> None:
        """Start what is wanted, as far as capacity and the scarcest input allow, and draw the inputs."""
        self.unload(today, same_day=True)
        self.production_started = started = self.could_make(min(self.capacity, self.production_backlog))
        if self.lot:
            self.production_started = started = self.run_machine(today, started)
        for item in self.inputs:
            item.draw(item.units_per_output * started)
        self.production_backlog -= started
        self.production = self.production if self.line_size > 1 else 0.0
        if self.lot:
            self.in_process += started
        elif lead_time := self.production_lead_time(today):
            self.line[today + lead_time] += started
            self.in_process += started
        else:
            self.production += started
            self.on_hand += started

    def run_machine(self, today: int, wanted: float) -> float:
        """Start whole lots, one after the other, while some of the period is left; each leaves when it is done."""
        self.busy, started = max(0.0, self.busy - 1.0), 0.0
        while self.busy < 1.0 - TINY * self.lot_time and started + self.lot <= wanted + TINY * self.lot:
            self.busy += self.lot_time
            started += self.lot
            self.line[today + int(np.ceil(self.busy - TINY)) + self.production_lead_time(today)] += self.lot
        return started

    def ship(self, today: int) -> None:
        """Share what is on hand among those who wait; on a lost-sales lane an unfilled claim ends here."""
        self.filled = 0.0
        for lane, quantity in zip(self.sells, shared(self, today), strict=True):
            self.filled += max(0.0, quantity - (lane.lane_backlog - lane.booked))
            lane.shipment, lane.billed = quantity, self.price * quantity
            lane.lane_backlog -= quantity
            lane.transport[today + lane.shipment_lead_time(today)] += quantity
            if lane.lost_in:
                lane.cancelled, lane.lane_backlog = lane.lane_backlog, 0.0
                if self.makes_to_order:
                    self.production_backlog = max(0.0, self.production_backlog - lane.cancelled)
        self.shipped = total(lane.shipment for lane in self.sells)
        self.on_hand = max(0.0, self.on_hand - self.shipped)
        self.backlog = total(lane.lane_backlog for lane in self.sells)

    def strike_off(self, today: int) -> None:
        """What suppliers cancelled is no longer on order."""
        for lane in self.buys:
            if lane.lost_in:
                lane.on_order = max(0.0, lane.on_order - lane.cancelled)
        if self.is_customer and any(lane.cancelled for lane in self.buys):
            self.give_up()

    def settle(self, today: int) -> None:
        """Count what is destroyed on the way and what spoils, bill, pay, and tell."""
        for lane in self.sells:
            lane.sink(today)
        for lane in self.buys:
            lane.spoil(self.factor["stock_factor"](today))
        kept = self.on_hand * self.factor["stock_factor"](today)
        self.scrapped, self.on_hand = self.on_hand - kept, kept
        self.cost = self.holding_cost * self.on_hand + self.backlog_cost * self.backlog + self.lost_cost * self.lost
        self.cost += self.fixed_order_cost if self.production_order > 0.0 else 0.0
        self.cost += self.setup_cost * (self.production_started / self.lot) if self.lot else 0.0
        self.cost += total(item.input_holding_cost * item.held() for item in self.inputs)
        self.cost += total(lane.in_transit_cost * total(lane.transport.values()) for lane in self.sells)
        self.diary.append(dict(vars(self)))

    def waits_for(self, phase: str, today: int) -> Iterator[tuple[str, Agent]]:
        """What must have happened before a phase: only a message of the same day makes its receiver wait."""
        day = ("purchase", "book", "order", "produce", "ship") if self.input_rule.reads_yesterday else PHASES
        if phase in day[1:]:
            yield day[day.index(phase) - 1], self
        if phase == "book":
            yield from (("purchase", lane.customer) for lane in self.sells if lane.order_lead_time(today) == 0)
        if phase == ("purchase" if self.input_rule.reads_yesterday else "order"):
            at_once = ((signal.tells, source) for signal, source in self.hears if signal.delay == 0)
            yield from ((PHASES[SET_BY[tells]], source) for tells, source in at_once if tells in SET_BY)
        if phase == "produce":
            yield from (("ship", lane.supplier) for lane in self.buys if lane.shipment_lead_time(today) == 0)


class Customer(Agent):
    """Consumes what it gets; it orders to cover its need and to refill a pantry."""

    def book(self, today: int) -> None:
        """Today's consumption joins the need not yet met."""
        self.demand = self.consumption_on(today)
        self.backlog = self.production_backlog + self.demand
        self.supply_line = self.in_process + self.production_backlog
        self.inventory_position = self.on_hand + self.supply_line - self.backlog

    def ship(self, today: int) -> None:
        """Consume; the need that waited longest is met first."""
        self.shipped, self.on_hand, self.lost = self.on_hand, 0.0, 0.0
        self.backlog = self.production_backlog
        self.filled = max(0.0, self.demand - self.backlog)

    def give_up(self) -> None:
        """A customer keeps only the need that its stock and its orders cover; the rest is lost."""
        for item in self.inputs:
            covered = total(lane.input_stock + lane.on_order for lane in item.lanes) / item.units_per_output
            self.lost += max(0.0, self.backlog - covered)
            self.production_backlog = self.backlog = min(self.backlog, covered)


class Reference:
    """A network at play: `step` is one period, `reference[key]` a column, [node] or [lane] in the user's order."""

    def __init__(self, network: Network, seed: int = 0, *, replication: int = 0, start: str = "steady") -> None:
        self.network, self.period = network, 0
        chance = Chance(network, seed, replication)
        ready = prepare(network, start)
        self.agents: list[Agent] = []
        self.lanes: list[Lane] = []
        for row in range(network.n_nodes):
            given = dict.fromkeys(results("node"), 0.0) | row_of(ready.node, row)
            given |= {which: known[given[which]] for which, known in ready.rules.items()}
            given["line"] = pipeline(given["line_filled"], given["line_slot"])
            agent = (Customer if given["is_customer"] else Agent)(**given, inputs=[], sells=[], hears=[])
            agent.capacity_on = chance.of("node", "capacity", row, agent.capacity)
            agent.factor = chance.factors("node", row)
            agent.price_on = chance.of("node", "price", row, agent.price)
            agent.consumption_on, agent.interest_on = chance.of_demand(row), chance.of_interest(row)
            agent.production_lead_time = chance.of("node", "production_lead_time", row, agent.production_lead)
            self.agents.append(agent)
        flows = dict.fromkeys([*results("inbound"), *results("outbound")], 0.0)
        inputs = [Input(**row_of(ready.input, row), lanes=[]) for row in range(network.n_inputs)]
        for item in inputs:
            self.agents[item.node].inputs.append(item)
        for row in range(network.n_lanes):
            given = row_of(ready.lane, row)
            given |= {end: self.agents[given[end]] for end in ("supplier", "customer")}
            pipes = {way: pipeline(given[f"{way}_filled"], given[f"{way}_slot"]) for way in ("mail", "transport")}
            lane = Lane(**flows | given | pipes)
            lane.factor = chance.factors("lane", row)
            lane.order_lead_time = chance.of("lane", "order_lead_time", row, lane.order_lead)
            lane.usual_lead_time = chance.of("lane", "shipment_lead_time", row, lane.shipment_lead)
            for lanes in (self.lanes, lane.supplier.sells, inputs[lane.input].lanes):
                lanes.append(lane)
        agent_of = dict(zip(network.names, self.agents, strict=True))
        for signal in network.signals:
            agent_of[signal.reader].hears.append((signal, agent_of[signal.source]))
        for agent in self.agents:
            agent.settle_in()

    def step(self) -> None:
        """One period: everybody receives, goes through the day waiting for whom it must, and settles."""
        done: set[tuple[str, int]] = set()

        def ensure(phase: str, agent: Agent) -> None:
            if (phase, id(agent)) not in done:
                done.add((phase, id(agent)))
                for earlier in agent.waits_for(phase, self.period):
                    ensure(*earlier)
                getattr(agent, phase)(self.period)

        for phase in ("receive", *PHASES, "strike_off", "settle"):
            for agent in self.agents:
                ensure(phase, agent)
        self.period += 1

    def __getitem__(self, key: str) -> Array:
        owners = [*self.agents] if key in results("node") else [*self.lanes]
        return np.array([getattr(owner, key) for owner in owners], np.float64)
