"""The two forms in which graphs are kept as text, GraphML and node-link JSON: parsed to elements, and written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final
from xml.parsers import expat

NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
EDGES: Final = ("edges", "links")
"""The names by which node-link JSON knows its edges; NetworkX changed from the second to the first in 3.6."""
ENDS: Final = ("source", "target")
KEYS: Final = ("directed", "multigraph", "graph", "nodes", *EDGES)
"""What node-link JSON has on its outermost level."""


@dataclass(slots=True)
class Element:
    """A node, an edge or the graph itself: its attributes, and the line of the file in which it begins."""

    line: int
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Elements:
    """What a file says: the attributes of the graph, nodes with their `id`, edges with `source` and `target`."""

    graph: Element = field(default_factory=lambda: Element(1))
    nodes: list[Element] = field(default_factory=list)
    edges: list[Element] = field(default_factory=list)
    directed: bool = True
    problems: list[str] = field(default_factory=list)
    """What else is wrong, without the name of the file."""


def parse_json(text: str) -> Elements:
    """The elements of a graph in node-link JSON. Raises ValueError, without the name of the file."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as fault:
        raise ValueError(f"line {fault.lineno} is not JSON ({fault.msg}); mend it, or save it again") from None
    except RecursionError:
        raise ValueError("is nested too deeply; a node or an edge is an object of numbers and texts") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("nodes"), list):
        raise ValueError('has no list of nodes; node-link JSON is {"directed": true, "nodes": [...], "edges": [...]}')
    found = Elements(directed=whole.get("directed") is not False)
    lines: dict[str, str] = {}
    for key, line, value in _members(text):
        lines.setdefault(key, f"line {line}: ")
        if key == "graph" and isinstance(value, dict):
            found.graph = Element(line, value)
        elif key == "nodes":
            found.nodes.append(_element("node", line, value, ("id",)))
        elif key in EDGES:
            found.edges.append(_element("edge", line, value, ENDS))
    for key in whole:
        if key not in KEYS:
            close = get_close_matches(key, KEYS, 1)
            cure = f"did you mean {close[0]!r}?" if close else "it belongs inside graph; move it there"
            found.problems.append(f"{lines.get(key, '')}{key!r} stands beside nodes and edges, but {cure}")
    if not isinstance(whole.get("graph", {}), dict):
        where, given = lines.get("graph", ""), whole["graph"]
        found.problems.append(f'{where}graph is {given!r}, must be an object; write {{"periods": 52}}')
    return found


def _members(text: str) -> Iterator[tuple[str, int, Any]]:
    """The members of a JSON object, those of its lists one by one, each with its key and the line where it begins."""
    decoder, blank = json.JSONDecoder(), " \t\r\n"
    line, counted = 1, 0

    def skip(at: int, signs: str) -> int:
        while text[at] in signs:
            at += 1
        return at

    at = skip(skip(0, blank) + 1, blank)
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at)
        at = skip(at, blank + ":")
        listed = text[at] == "["
        at = skip(at + 1, blank) if listed else at
        while not (listed and text[at] == "]"):
            line, counted = line + text.count("\n", counted, at), at
            value, at = decoder.raw_decode(text, at)
            yield key, line, value
            at = skip(at, blank + "," * listed)
            if not listed:
                break
        at = skip(at + listed, blank + ",")


def _element(what: str, line: int, value: Any, needed: Sequence[str]) -> Element:
    if not isinstance(value, dict) or any(value.get(key) is None for key in needed):
        raise ValueError(f"line {line}: a {what} is {value!r}, must be an object with {' and '.join(needed)}; mend it")
    return Element(line, value)


def write_json(graph: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]) -> str:
    """Node-link JSON, a line for each node and edge."""

    def lines(rows: Sequence[Mapping[str, Any]]) -> str:
        return ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)

    head = f'{{"directed": true,\n"multigraph": false,\n"graph": {lines([graph])},\n'
    return f'{head}"nodes": [\n{lines(nodes)}\n],\n"edges": [\n{lines(edges)}\n]}}\n'


class _GraphML:
    """Follows a parser through a file, and gathers the elements."""

    def __init__(self, parser: Any) -> None:
        self.parser, self.found = parser, Elements()
        self.names: dict[str, str] = {}  # of attributes, by the id of their key
        self.usual: dict[str, dict[str, str]] = {"node": {}, "edge": {}, "graph": {}}
        self.open: list[Element] = []
        self.key, self.text = "", ""
        self.meant: tuple[str, str] = ("", "")
        self.seen = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag, line = tag.rpartition(" ")[2], self.parser.CurrentLineNumber
        self.text = ""
        if tag == "key":
            self.meant = given.get("for", "all"), given.get("attr.name", "")
            self.names[given.get("id", "")] = self.meant[1]
        elif tag == "graph":
            if self.seen:
                raise ValueError(f"line {line}: a second graph; keep one network in a file")
            self.seen, self.found.directed = True, given.get("edgedefault") != "undirected"
            self.found.graph = Element(line, dict(self.usual["graph"]))
            self.open.append(self.found.graph)
        elif tag in ("node", "edge"):
            needed = ("id",) if tag == "node" else ENDS
            for name in needed:
                if name not in given:
                    raise ValueError(f"line {line}: {tag} has no {name!r}; add it")
            self.found.directed &= given.get("directed") != "false"
            element = Element(line, self.usual[tag] | {name: given[name] for name in needed})
            (self.found.nodes if tag == "node" else self.found.edges).append(element)
            self.open.append(element)
        elif tag == "hyperedge":
            raise ValueError(f"line {line}: a hyperedge joins many nodes; write a lane for each pair")
        elif tag == "data":
            self.key = given.get("key", "")
            if self.key not in self.names:
                raise ValueError(
                    f"line {line}: there is no key {self.key!r}; declare it with <key id=... attr.name=...>"
                )

    def end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "default":
            for what in self.usual:
                if self.meant[0] in (what, "all") and self.meant[1]:
                    self.usual[what][self.meant[1]] = self.text
        elif tag == "data" and self.open and self.names[self.key]:  # without a name it is for a drawing program
            self.open[-1].attributes[self.names[self.key]] = self.text
        elif tag in ("graph", "node", "edge"):
            self.open.pop()

    def say(self, text: str) -> None:
        self.text += text


def parse_graphml(text: str) -> Elements:
    """The elements of a graph in GraphML, all attributes as texts. Raises ValueError, without the name of the file."""
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _GraphML(parser)
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.say
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as fault:
        reason = expat.ErrorString(fault.code)
        raise ValueError(f"line {fault.lineno} is not XML ({reason}); mend it, or save it again") from None
    if not reader.seen:
        raise ValueError("has no <graph>; GraphML is <graphml><graph><node .../><edge .../></graph></graphml>")
    return reader.found


def write_graphml(
    graph: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]
) -> str:
    """GraphML, which knows numbers, truths and texts, one kind for each attribute."""
    from xml.sax.saxutils import quoteattr  # not above: it brings ssl, which every start of a process would wait for

    kinds = {"graph": _kinds([graph]), "node": _kinds(nodes), "edge": _kinds(edges)}
    ids = {(what, name): f"{what}-{name}" for what, names in kinds.items() for name in names}

    def data(what: str, row: Mapping[str, Any]) -> str:
        cells = ((name, value) for name, value in row.items() if name in kinds[what])
        return "".join(f"<data key={quoteattr(ids[what, name])}>{_said(value)}</data>" for name, value in cells)

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<graphml xmlns="{NAMESPACE}">']
    for (what, name), key in ids.items():
        named = f"id={quoteattr(key)} for={quoteattr(what)} attr.name={quoteattr(name)}"
        lines.append(f"  <key {named} attr.type={quoteattr(kinds[what][name])}/>")
    lines.append(f'  <graph edgedefault="directed">{data("graph", graph)}')
    lines += [f"    <node id={quoteattr(row['id'])}>{data('node', row)}</node>" for row in nodes]
    for row in edges:
        ends = f"source={quoteattr(row['source'])} target={quoteattr(row['target'])}"
        lines.append(f"    <edge {ends}>{data('edge', row)}</edge>")
    return "\n".join([*lines, "  </graph>", "</graphml>", ""])


def _kinds(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The kind of each attribute as GraphML names it: boolean, long, double, or string where values differ in kind."""
    types: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            types.setdefault(name, set()).add(type(value))
    known = {(bool,): "boolean", (int,): "long", (float,): "double", (float, int): "double"}
    ends = ("id", *ENDS)
    return {
        name: known.get(tuple(sorted(own, key=lambda one: one.__name__)), "string")
        for name, own in types.items()
        if name not in ends
    }


def _said(value: Any) -> str:
    from xml.sax.saxutils import escape

    if isinstance(value, bool):
        return str(value).lower()
    return escape(value if isinstance(value, str) else repr(value), {"\r": "&#13;"})
