"""Pull rules: examples that vary their parameters, and what they decide, worked by hand."""

from deciding import days

from supplynet.policies.input import WithdrawalCards
from supplynet.policies.ordering import BuildToOrder, Conwip, Kanban, POSReplenishment, VendorManagedInventory

EXAMPLES = [
    Kanban(30, 2.0), Kanban(18, 3.5), WithdrawalCards(9, 2.0), WithdrawalCards(12, 3.0),
    WithdrawalCards(40, 1.0), BuildToOrder(),
    Conwip(60), Conwip(30, 2.0), POSReplenishment(4.0), POSReplenishment(6.0, 3, 0.5, 1),
    POSReplenishment(2.0, 3, 0.0), VendorManagedInventory(0.2, 2.0, 1.0), VendorManagedInventory(1.0, 4.0),
]  # fmt: skip

STEEL_AND_COAL = {
    "first_input": [0, 2], "first_end": [0, 2, 3], "units_per_output": [2.0, 1.0], "criticality": [1.0, 0.5],
}  # fmt: skip

# Rule, columns that stay, what it sees each period, what it decides each period.
DECIDED = [
    # Full after the backlog: 8 / 2, none, 3.5 / 2; coming 1 / 2, 3 / 2 and 3 / 2, the last container not full; so
    # 5 - 4 - 1, 5 - 0 - 2 and 5 - 1 - 2 cards ask for 2 each.
    (
        Kanban(5, 2.0), {},
        [{
            "on_hand": [9.0, 3.0, 4.0], "backlog": [1.0, 6.0, 0.5], "in_process": [1.0, 0.0, 2.0],
            "production_backlog": [0.0, 3.0, 1.0],
        }],
        [[0.0, 6.0, 4.0]],
    ),
    # Capacity lets it make 5 of the 10; coal is half critical and there are 2, so it makes (5 + 2) / 2 = 3.5. Of
    # 9 + 3 of steel it draws 7 and leaves 5, 9/12 of it on the first lane: 3.75 and 1.25, which is 3 and 1 full
    # containers of 1.25; of coal it leaves none. Under way are 1 and 2 containers. Free are 5 - 4, 5 - 3 and 5 cards.
    (
        WithdrawalCards(5, 1.25), STEEL_AND_COAL | {"lot": [0.0], "lot_time": [0.0], "busy": [0.0]},
        [{
            "production_backlog": [10.0], "capacity": [5.0], "input_stock": [9.0, 3.0, 2.0],
            "on_order": [1.0, 2.5, 0.0],
        }],
        [[1.25, 2.5, 6.25]],
    ),
    # The same with a machine that makes lots of 1.5 and is busy for 0.4 of this period: 3.5 is two lots, which take 0.5
    # each, so that two can begin, 3 are made, and 6 of steel and 2 of coal drawn (of coal all there is).
    # Of steel 6 are left, 4.5 and 1.5: 3 and 1 full containers. While it is busy for a period more, nothing is drawn.
    (
        WithdrawalCards(5, 1.25), STEEL_AND_COAL | {"lot": [1.5], "lot_time": [0.5], "production_backlog": [10.0]},
        [
            {"busy": [1.4], "capacity": [5.0], "input_stock": [9.0, 3.0, 2.0], "on_order": [1.0, 2.5, 0.0]},
            {"busy": [2.0], "capacity": [5.0], "input_stock": [9.0, 3.0, 2.0], "on_order": [1.0, 2.5, 0.0]},
        ],
        [[1.25, 2.5, 6.25], [0.0, 1.25, 5.0]],
    ),
    # The line behind opens with 1; then + 2, then + 1 - 2.5, then + 1.5, then + 6 - 3. So it holds 1 + 1, 3 + 2,
    # 1.5 + 1, 3 and 6, which takes 1, 3, 2, 2 and 3 of 3 cards with 2 units each. Not released are 3, 4, 1.5, 10 and 0.
    (
        Conwip(3, 2.0), {"downstream": [1.0]},
        days(
            shipped=[9.0, 2.0, 1.0, 1.5, 6.0], told_shipped=[8.0, 0.0, 2.5, 0.0, 3.0],
            on_hand=[0.5, 0.0, 0.0, 0.0, 0.0], in_process=[0.5, 0.0, 1.0, 0.0, 0.0],
            production_backlog=[0.0, 2.0, 0.0, 0.0, 0.0], inventory_position=[-3.0, -4.0, -1.5, -10.0, 2.0],
        ),
        [[3.0], [0.0], [1.5], [2.0], [0.0]],
    ),
    (BuildToOrder(), {}, [{"inventory_position": [-4.0, -1.0, 3.0]}], [[4.0, 1.0, 0.0]]),
    # Targets are 1.5 (today + yesterday) = 15, 21, 12, 12 and 18, after 12. Sold and change of target are 6 + 3, 8 + 6,
    # then 0 - 9, so 9 too many are left, of which 8 + 0 works off 8, and of 4 + 6 the last one takes 1.
    (
        POSReplenishment(3.0, 2), {"normal_output": [4.0], "demand": [9.0]},
        days(told_demand=[6.0, 8.0, 0.0, 8.0, 4.0], told_lost=[0.0] * 5,
             production_order=[4.0, 9.0, 14.0, 0.0, 0.0]),
        [[9.0], [14.0], [0.0], [0.0], [9.0]],
    ),
    # Seen of the market: 2 + 6 / 2 = 5, then, as 1 of the 2 was lost, 1 - 1 + 4 / 2 = 2, then 3 + 4 / 2 = 5; the target
    # is twice that. The echelon holds 8 - 5 = 3, so 7 are wanted; with the 8 that were ordered, in lots, 3 + 8 - 2 = 9;
    # then 9 - 5 = 4.
    (
        POSReplenishment(2.0, 1, 0.5), {"normal_output": [4.0]},
        days(
            told_demand=[2.0, 1.0, 3.0], told_lost=[0.0, 1.0, 0.0], demand=[6.0, 4.0, 4.0],
            production_order=[4.0, 8.0, 0.0],
        ),
        [[7.0], [0.0], [6.0]],
    ),
    # Forecasts 12, then 10, of 3 + 2 + 1 periods: 72 - (20 + 6 + 30), then 60 - (40 + 4 + 30).
    (
        VendorManagedInventory(0.5, 2.0, 1.0), {"normal_output": [10.0], "coverage": [3.0]},
        days(
            told_demand=[14.0, 8.0], inventory_position=[20.0, 40.0], demand=[6.0, 4.0],
            told_inventory_position=[30.0, 30.0],
        ),
        [[16.0], [0.0]],
    ),
]  # fmt: skip
