"""Panic buying: examples that vary its parameters, and what it decides, worked by hand."""

from deciding import days

from supplynet.policies.input import PanicBuying

EXAMPLES = [PanicBuying(), PanicBuying(8.0, 0.0, 0.1), PanicBuying(2.5, 0.5, 1.0)]

PANTRY = {
    "first_input": [0, 1], "first_end": [0, 2], "share": [0.25, 0.75], "units_per_output": [2.0], "target": [3.0],
    "normal_output": [5.0], "production_backlog": [5.0], "input_stock": [6.0, 1.0], "on_order": [4.0, 0.0],
}  # fmt: skip

# Without fear 3 + 2 * 5 are wanted and 11 are there. Where 60 of 100 are missing fear is (.6 - .2) / .8 = .5, and 4
# periods of normal use make it 2 * 5 more, 20 of the input. A calm period halves it; 28 missing, a fear of .1, is less
# than what is left, .125; where all is missing it is 1. Nobody asks, just the threshold is missing: it halves twice.
DECIDED = [
    (
        PanicBuying(4.0, 0.2, 0.5), PANTRY,
        days(
            told_demand=[100.0, 100.0, 50.0, 100.0, 10.0, 0.0, 10.0],
            told_filled=[100.0, 40.0, 50.0, 72.0, 0.0, 0.0, 8.0],
        ),
        [[0.5, 1.5], [5.5, 16.5], [3.0, 9.0], [1.75, 5.25], [10.5, 31.5], [5.5, 16.5], [3.0, 9.0]],
    ),
]  # fmt: skip
