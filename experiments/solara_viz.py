"""How does a supply network look on Mesa's own page, with its buttons, sliders and plots?

Run it as `solara run experiments/solara_viz.py` (`pip install altair` beside the extra `app`) and press Play. Run by
Python it presses Step without a browser, and compares what the page shows with a run: expected is that they are equal
after every step, for the page draws the record that the model keeps.
"""

from __future__ import annotations

import io
import sys
import warnings
from contextlib import redirect_stdout
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import solara

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Mesa warns of its page as it is imported
    from mesa.visualization import SolaraViz

from supplynet.viz.components import every_picture

import supplynet
from supplynet.model import SupplyModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCENARIO: Final = "flour-2020"
LEVERS: Final[dict[str, Any]] = {
    "window": {"type": "SliderInt", "value": 4, "min": 1, "max": 12, "label": "periods of the moving average"},
    "mill_capacity": {"type": "SliderFloat", "value": 1.5, "min": 1.0, "max": 3.0, "step": 0.1, "label": "capacity"},
    "rng": {"type": "InputText", "value": "0", "label": "seed"},
}


def page_of(model: solara.Reactive[SupplyModel]) -> Any:
    """Mesa's page of a model, with every picture there is."""
    params = {"scenario": SCENARIO, **LEVERS}
    return SolaraViz(model, components=every_picture(), model_params=params, name=f"supplynet: {SCENARIO}")


page = page_of(solara.reactive(SupplyModel(SCENARIO)))


def press_step(times: int) -> tuple[list[str], Figure]:
    """Press Step so many times without a browser; a line for each press, and the picture of the last one."""
    from supplynet import plot

    kinds = import_module("ipyvuetify").Btn, import_module("ipywidgets").Image
    model = solara.reactive(SupplyModel(SCENARIO, periods=times))
    with redirect_stdout(io.StringIO()):  # Mesa's title bar prints itself where there is no browser
        _, shown = solara.render(solara.AppLayout(children=[page_of(model)]), handle_error=False)
    step = next(button for button in shown.find(kinds[0]).widgets if button.children[0] == "Step")
    lines = [f"{'period':>6} {'pictures':>9} {'bullwhip ratio':>15} {'fill rate':>10} {'the same in a run':>18}"]
    for pressed in range(1, times + 1):
        step.click()
        seen = model.value.so_far.outcomes
        alone = supplynet.run(supplynet.load(SCENARIO).with_lever("periods", pressed)).outcomes
        pictures = len(shown.find(kinds[1]).widgets)
        assert pictures == 3, f"the page shows {pictures} pictures"
        assert repr(seen) == repr(alone), f"the page shows {seen}, a run {alone}"  # what is undefined too
        ratio, served = seen["bullwhip_ratio"], seen["fill_rate"]
        lines.append(f"{pressed:>6} {pictures:>9} {ratio:>15.4g} {served:>10.4f} {'yes':>18}")
    shown.close()
    return lines, plot.overview(model.value.result)


if __name__ == "__main__" and sys.argv[0].endswith("solara_viz.py"):  # Solara too calls a page "__main__"
    from shared.pages import publish

    publish("solara_viz", __doc__, lambda quick: press_step(12 if quick else 52))
