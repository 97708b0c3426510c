"""Which rules there are, how they are asked to decide, how a table worked by hand is written, and where all are."""

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

from supplynet import policies
from supplynet.policies.catalogue import FAMILIES
from supplynet.policies.contract import InputRule, OrderingRule, SourcingRule

DECIDES = {  # how a rule of each kind decides, the column that it writes, in which phase, and its table
    OrderingRule: ("order", "production_order", "order", "node"),
    InputRule: ("purchase", "order", "purchase", "inbound"),
    SourcingRule: ("split", "share", "purchase", "inbound"),
}


def rules_of_the_package():
    """Every class that a module of supplynet.policies.<kind> defines."""
    for module in pkgutil.walk_packages(policies.__path__, "supplynet.policies."):
        if not module.ispkg and module.name.count(".") == 3:
            for value in vars(import_module(module.name)).values():
                if inspect.isclass(value) and value.__module__ == module.name:
                    yield value


def decides(rule):
    """The method by which a rule decides, the column that it writes, its phase, and the tables of column and memory."""
    verb, *rest = next(words for kind, words in DECIDES.items() if isinstance(rule, kind))
    return getattr(rule, verb), *rest, rule.memory_of


def attribute_of(rule):
    """The node attribute that gives a node this rule."""
    return next(column for column, (_, kind) in FAMILIES.items() if isinstance(rule, kind))


def days(**columns):
    """What one row sees day after day, from a list for each column; what several rows see is a list of lists."""
    return [
        {name: value if isinstance(value, list) else [value] for name, value in zip(columns, values, strict=True)}
        for values in zip(*columns.values(), strict=True)
    ]


def gathered(name):
    """A list that the files rules_<family>.py hold under one name, all of them joined."""
    files = sorted(Path(__file__).parent.glob("rules_*.py"))
    return [entry for file in files for entry in getattr(import_module(file.stem), name, [])]
