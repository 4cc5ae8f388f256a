"""What a grid says as a whole: who is better on the same seeds, what load each bears, and one sentence.

ANSWER, JSON values: {"compared": axis whose values are compared | None, "measures", "points": [POINT], "loads": [LOAD]}
POINT: {"at": a Cell's indices, None on the compared axis, "cells": their numbers, "best": index of the value whose mean latency
is significantly below those of all others that are stable | None, "pairs": [{"a", "b", one DIFF | None a measure, "stable"}]}
DIFF: {"difference" (b minus a), "half" (95 %), "count", "p", "significant" (Holm over the pairs of this point and measure, 5 %), "lower": "a" | "b" | None}
LOAD: {"at": indices, None on the load axis, "axis", "largest_stable": value | None, "open", "knee": value | None, "knee_open", "power": [...]}
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from simulator.engine.words import N_
from simulator.judges.knee import load
from simulator.judges.paired import differences, holm
from simulator.scenarios.axes import label_of, unit_of
from simulator.scenarios.cell import measure
from simulator.scenarios.document import ScenarioDocument
from simulator.scenarios.experiment import compared_axis, load_axis
from simulator.scenarios.mistake import Phrase

MEASURES = ("mean_ms", "p99_ms", "failure_share")
STABLE = {(True, True): "both", (True, False): "a", (False, True): "b", (False, False): "neither"}


def answer(document: ScenarioDocument, plan: dict, cells: Sequence[dict]) -> dict:
    """The ANSWER of all Cells in order, each {"facts", "records"} with two seeds or more."""
    compared, loads = compared_axis(document, plan), load_axis(document, plan)
    return {
        "compared": compared, "measures": list(MEASURES),
        "points": [] if compared is None else [_point(at, numbers, cells) for at, numbers in _lines(plan, compared)],
        "loads": [] if loads is None else [_load(plan, loads, at, numbers, cells) for at, numbers in _lines(plan, loads)],
    }


def _lines(plan: dict, along: int) -> Iterable[tuple[list, list[int]]]:
    """(indices with None at axis `along`, the numbers of the Cells along it) of every line of Cells."""
    sizes = [len(axis["values"]) for axis in plan["axes"]]
    for at in product(*(range(size) if number != along else (None,) for number, size in enumerate(sizes))):
        numbers = []
        for index in range(sizes[along]):
            number = 0
            for size, place in zip(sizes, at, strict=True):
                number = number * size + (index if place is None else place)
            numbers.append(number)
        yield list(at), numbers


def _point(at: list, numbers: list[int], cells: Sequence[dict]) -> dict:
    here = [cells[number] for number in numbers]
    pairs = list(combinations(range(len(here)), 2))
    found = {name: _differences(here, pairs, name) for name in MEASURES}
    rows = [{"a": a, "b": b, **{name: found[name][place] for name in MEASURES},
             "stable": STABLE[here[a]["facts"]["stable"], here[b]["facts"]["stable"]]} for place, (a, b) in enumerate(pairs)]
    return {"at": at, "cells": numbers, "best": _best(here, rows), "pairs": rows}


def _differences(here: Sequence[dict], pairs: list[tuple], name: str) -> list[dict | None]:
    """The DIFF of every pair in one measure, None where one of the two has no such number."""
    columns = [_column(cell, name) for cell in here]
    known = [pair for pair in pairs if len(_common(columns, pair)) >= 2]
    found = dict(zip(known, _paired(columns, known), strict=True))
    meant = dict(zip(known, holm([found[pair].p for pair in known]), strict=True))
    return [_diff(found[pair], meant[pair]) if pair in found else None for pair in pairs]


def _column(cell: dict, name: str) -> dict[int, float]:
    """The numbers of a Cell by seed; none of latency where it is unstable."""
    if name.endswith("_ms") and not cell["facts"]["stable"]:
        return {}
    values = ((record["seed"], measure(record, name)) for record in cell["records"])
    return {seed: value for seed, value in values if value is not None}


def _common(columns: list[dict], pair: tuple[int, int]) -> list[int]:
    """The seeds that both have."""
    other = columns[pair[1]]
    return [seed for seed in columns[pair[0]] if seed in other]


def _paired(columns: list[dict], pairs: list[tuple]) -> list:
    """The Difference of every pair; at once where all have the same seeds, as is usual."""
    seeds = [_common(columns, pair) for pair in pairs]
    if pairs and all(one == seeds[0] for one in seeds):
        table = [[column.get(seed, 0.0) for seed in seeds[0]] for column in columns]
        return differences([table[a] for a, _b in pairs], [table[b] for _a, b in pairs])
    return [differences([[columns[a][seed] for seed in common]], [[columns[b][seed] for seed in common]])[0]
            for (a, b), common in zip(pairs, seeds, strict=True)]


def _diff(found, significant: bool) -> dict:
    lower = None if not significant else "b" if found.mean < 0 else "a"
    return {"difference": found.mean, "half": found.half, "count": found.count, "p": found.p, "significant": significant, "lower": lower}


def _best(here: Sequence[dict], rows: list[dict]) -> int | None:
    stable = [place for place, cell in enumerate(here) if cell["facts"]["stable"] and cell["facts"]["latency_ms"]]
    for place in stable:
        against = [row for row in rows if place in (row["a"], row["b"]) and row["stable"] == "both"]
        if all(row["mean_ms"] and row["mean_ms"]["lower"] == ("a" if row["a"] == place else "b") for row in against):
            return place
    return None


def _load(plan: dict, axis: int, at: list, numbers: list[int], cells: Sequence[dict]) -> dict:
    here = [cells[number]["facts"] for number in numbers]
    rates = [one["throughput_per_s"]["mean"] if one["throughput_per_s"] else None for one in here]
    latencies = [one["latency_ms"]["mean"]["mean"] if one["latency_ms"] else None for one in here]
    found = load([one["stable"] for one in here], rates, latencies)
    values = plan["axes"][axis]["values"]
    return {
        "at": at, "axis": axis, "largest_stable": None if found.largest is None else values[found.largest], "open": found.open,
        "knee": None if found.knee is None else values[found.knee], "knee_open": found.knee_open, "power": list(found.powers),
    }


# The sentence


def sentence(document: ScenarioDocument, plan: dict, found: dict, cells: Sequence[dict]) -> Phrase:
    """One or two sentences that sum an ANSWER up."""
    said = []
    if found["points"]:
        said.append(_single(document, plan, found, cells) if len(found["points"]) == 1 else _several(document, plan, found))
    if found["loads"]:
        said.append(_borne(document, plan, found["loads"]))
    if not said:
        unstable = sum(not cell["facts"]["stable"] for cell in cells)
        said.append(Phrase(N_("{stable} of {count} cells are stable."), stable=len(cells) - unstable, count=len(cells)))
    return joined(said)


def joined(said: Sequence[Phrase], between: str = " ") -> Phrase:
    """Phrases one after the other, as one."""
    whole = said[0]
    for phrase in said[1:]:
        whole = Phrase("{this}" + between + "{that}", this=whole, that=phrase)
    return whole


def _single(document: ScenarioDocument, plan: dict, found: dict, cells: Sequence[dict]) -> Phrase:
    point, axis = found["points"][0], plan["axes"][found["compared"]]
    means = {place: cells[number]["facts"]["latency_ms"]["mean"]["mean"] for place, number in enumerate(point["cells"])
             if cells[number]["facts"]["latency_ms"]}
    if not means:
        return Phrase(N_("None of them can serve this load."))
    first, last = min(means, key=means.get), max(means, key=means.get)
    names = {place: label_of(document, axis["path"], axis["values"][place]) for place in (first, last)}
    if point["best"] is None:
        sentence = N_("{name} has the lowest mean latency, {mean} ms, but its lead over all others is not significant.")
        return Phrase(sentence, name=names[first], mean=_three(means[first]))
    if first == last:
        return Phrase(N_("Only {name} can serve this load: mean latency {mean} ms."), name=names[first], mean=_three(means[first]))
    sentence = N_("{name} answers fastest: mean latency {mean} ms, {other} {slower} ms; its lead over all others is significant.")
    return Phrase(sentence, name=names[first], mean=_three(means[first]), other=names[last], slower=_three(means[last]))


def _three(ms: float) -> str:
    """Three digits, and thousands written out."""
    return f"{float(f'{ms:.3g}'):,.10g}"


def _several(document: ScenarioDocument, plan: dict, found: dict) -> Phrase:
    axis = plan["axes"][found["compared"]]
    wins = [point["best"] for point in found["points"] if point["best"] is not None]
    if not wins:
        return Phrase(N_("At none of the {points} points anybody is significantly faster than all others."), points=len(found["points"]))
    most = max(sorted(set(wins)), key=wins.count)
    sentence = N_("{name} is significantly faster than all others at {count} of {points} points.")
    return Phrase(sentence, name=label_of(document, axis["path"], axis["values"][most]), count=wins.count(most), points=len(found["points"]))


def _borne(document: ScenarioDocument, plan: dict, loads: list[dict]) -> Phrase:
    """What load is borne, by the values that bear most and least."""
    axis = plan["axes"][loads[0]["axis"]]
    unit = unit_of(document, axis["path"])
    bearing = [one for one in loads if one["largest_stable"] is not None]
    if not bearing:
        return Phrase(N_("Not even the smallest load, {load} {unit}, is served."), load=f"{axis['values'][0]:,.6g}", unit=unit)
    if all(one["open"] for one in loads):
        return Phrase(N_("All loads up to {load} {unit} are served."), load=f"{axis['values'][-1]:,.6g}", unit=unit)
    values = [0 if one["largest_stable"] is None else one["largest_stable"] for one in loads]
    if min(values) == max(values):
        return Phrase(N_("The largest load that is served is {load} {unit}."), load=f"{values[0]:,.6g}", unit=unit)
    sentence = N_("The largest load that is served is {most} {unit} with {best} and {least} {unit} with {worst}.")
    named = [_named(document, plan, loads[values.index(value)]["at"]) for value in (max(values), min(values))]
    return Phrase(sentence, most=f"{max(values):,.6g}", unit=unit, best=named[0], least=f"{min(values):,.6g}", worst=named[1])


def _named(document: ScenarioDocument, plan: dict, at: Sequence[int | None]) -> Phrase:
    labels = [label_of(document, axis["path"], axis["values"][place]) for axis, place in zip(plan["axes"], at, strict=True) if place is not None]
    return joined(labels, ", ")
