"""What an Experiment is asked for: a grid of Configs, or the smallest number of servers, each under many seeds. Pure.

Its *plan* is what `planned` makes: {"kind": "grid" | "sizing", "axes": [{"path", "values"}], "seeds", "first_seed",
"warm_up_s": number | None, "sizing": {"servers", "low", "high", "percentile", "below_ms", "lost"} | None}. With the
document it decides every byte of the answer: replication i of every Cell has seed first_seed + i, and a pilot
has the seed after the last.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from simulator.engine.words import N_
from simulator.scenarios.axes import cells, check_axes, with_cell
from simulator.scenarios.checked import checked, loaded
from simulator.scenarios.document import MAX_SEED, Line, Part, ScenarioDocument
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.replication import LEAST_SHARE_OF_LOSS, least_warm_up
from simulator.scenarios.size import expected_work

SEEDS = {"grid": 10, "sizing": 30}
AXES_AT_MOST = 4
FIRST_LOOK = 2
SIZED_AT_MOST = 50
"""Values, all axes together, whose number of servers one Experiment looks for."""


class AxisWanted(Part):
    """One axis as it is asked for."""

    path: Line
    values: list[Any] = Field(min_length=1, max_length=1000)


class SizingWanted(Part):
    """The smallest number at path `servers`, from low to high, with which a share `percentile` of all requests is answered
    within `below_ms`, `lost` servers being down all the time."""

    servers: Line = "servers.0.count"
    low: int = Field(1, ge=1, le=100_000)
    high: int = Field(64, ge=1, le=100_000)
    percentile: float = Field(0.99, gt=0, lt=1)
    below_ms: float = Field(gt=0, le=86_400_000)
    lost: int = Field(0, ge=0, le=1000)


class Wanted(Part):
    """An Experiment as it is asked for."""

    kind: Literal["grid", "sizing"] = "grid"
    axes: list[AxisWanted] = Field(default_factory=list, max_length=AXES_AT_MOST)
    seeds: Annotated[int, Field(ge=2, le=1000)] | None = None
    first_seed: int = Field(1, ge=0, le=MAX_SEED)
    warm_up_s: Annotated[float, Field(ge=0)] | None = None
    sizing: SizingWanted | None = None


def planned(document: ScenarioDocument, raw: dict) -> dict:
    """The plan of what `raw` asks for; Mistake names the first field that is wrong."""
    if document.facts.replicate is None:
        sentence = N_("system must be one that can be replicated under load: {system} cannot.")
        raise Mistake("system", Phrase(sentence, system=document.system))
    wanted = checked(Wanted, loaded(raw))
    plan = wanted.model_dump() | {"seeds": wanted.seeds or SEEDS[wanted.kind]}
    last = MAX_SEED - plan["seeds"]
    if wanted.first_seed > last:
        raise Mistake("first_seed", Phrase(N_("first_seed must be a whole number from 0 to {most:,}."), most=last))
    if wanted.warm_up_s is not None and wanted.warm_up_s >= document.duration_s:
        raise Mistake("warm_up_s", N_("warm_up_s must be shorter than duration_s."))
    variants = check_axes(document, plan["axes"])
    _check_kind(document, plan)
    if wanted.warm_up_s is None and not all(settles(one) for one in (document, *variants)):
        plan["warm_up_s"] = max(document.warm_up_s, LEAST_SHARE_OF_LOSS * document.duration_s if plan["sizing"] and plan["sizing"]["lost"] else 0)
    return plan


def cell_document(document: ScenarioDocument, plan: dict, at: tuple[int, ...], servers: int | None = None) -> ScenarioDocument:
    """The Scenario of one Cell; of a sizing, with so many servers, those lost that are to be lost."""
    if servers is None:
        return with_cell(document, plan["axes"], at)
    sizing = plan["sizing"]
    axes = [*plan["axes"], {"path": sizing["servers"], "values": [servers]}]
    sized = with_cell(document, axes, (*at, 0), "sizing.servers")
    lost = sized.facts.losing(sized.options, sizing["servers"], sizing["lost"])
    return with_cell(document, axes, (*at, 0), "sizing.lost", lost) if lost else sized


def expected_requests(document: ScenarioDocument, plan: dict, inputs_for) -> float:
    """Requests to be expected of all replications and pilots; inputs_for(document) gives the Recordings that one names."""
    total = 0.0
    for made in documents(document, plan):
        total += expected_work(made, made.deeds(), inputs_for(made))
    if plan["kind"] == "sizing":
        total *= probes_at_most(plan["sizing"])
    return total * replications_a_cell(plan)


def documents(document: ScenarioDocument, plan: dict) -> Iterator[ScenarioDocument]:
    """The Scenario of every Cell of a grid, or of every size's smallest number of servers; Mistake where one cannot be."""
    servers = plan["sizing"]["low"] if plan["kind"] == "sizing" else None
    return (cell_document(document, plan, at, servers) for at in cells(plan["axes"]))


def replications_a_cell(plan: dict) -> int:
    """Replications of one Cell, the pilot included."""
    return plan["seeds"] + needs_pilot(plan)


def probes_at_most(sizing: dict) -> int:
    """How many numbers of servers bisection looks at, at most."""
    return (sizing["high"] - sizing["low"] + 1).bit_length()


def needs_pilot(plan: dict) -> bool:
    """Whether the warm-up is looked for: not where it is told, nor where something never settles (`planned` says what it is then)."""
    return plan["warm_up_s"] is None


def settles(document: ScenarioDocument) -> bool:
    """Whether it comes to a steady state: nothing is done to it at set times, and its load stays what it is."""
    return not document.actions and (document.facts.settles is None or document.facts.settles(document.options))


def slot(plan: dict, count: int, number: int) -> tuple[int, int]:
    """(Cell, number of the seed) of the replication `number` of a grid of `count` Cells.

    Every Cell gets FIRST_LOOK seeds first, so that the whole table is there early; then one Cell after the other gets the rest.
    """
    first = min(FIRST_LOOK, plan["seeds"])
    if number < count * first:
        return divmod(number, first)
    cell, seed = divmod(number - count * first, plan["seeds"] - first)
    return cell, first + seed


def warm_ups(document: ScenarioDocument, plan: dict, pilots: dict[tuple[int, ...], int]) -> dict[tuple[int, ...], int]:
    """The warm-up (ns) of every Cell of a grid from what its pilot found, by Cell.

    Cells that are compared with each other leave out the same, the longest of theirs: on the same seeds they then
    measure the same requests.
    """
    compared, least = compared_axis(document, plan), least_warm_up(document)
    longest: dict = {}
    for at, found in pilots.items():
        point = tuple(index for axis, index in enumerate(at) if axis != compared)
        longest[point] = max(found, least, longest.get(point, 0))
    return {at: longest[tuple(index for axis, index in enumerate(at) if axis != compared)] for at in pilots}


def load_axis(document: ScenarioDocument, plan: dict) -> int | None:
    """The first axis whose values are loads, rising; None where there is none."""
    for number, axis in enumerate(plan["axes"]):
        if axis["path"] in document.facts.loads and len(axis["values"]) > 1 and sorted(axis["values"]) == axis["values"]:
            return number
    return None


def compared_axis(document: ScenarioDocument, plan: dict) -> int | None:
    """The first axis that is not the load and has values to be compared; None where there is none."""
    load = load_axis(document, plan)
    return next((number for number, axis in enumerate(plan["axes"]) if number != load and len(axis["values"]) > 1), None)


def _check_kind(document: ScenarioDocument, plan: dict) -> None:
    if plan["kind"] == "grid":
        if plan["sizing"] is not None:
            raise Mistake("sizing", N_('sizing must be left out where kind is "grid".'))
        if not plan["axes"]:
            raise Mistake("axes", N_("axes must hold at least one axis: an option and its values."))
        return
    sizing = plan["sizing"]
    if sizing is None:
        raise Mistake("sizing", N_("sizing is missing: it says how fast how many requests must be answered."))
    if sizing["high"] < sizing["low"]:
        raise Mistake("sizing.high", N_("sizing.high must not be below sizing.low."))
    if sizing["lost"] >= sizing["low"]:
        raise Mistake("sizing.lost", N_("sizing.lost must be below sizing.low: somebody must be left."))
    if any(axis["path"] == sizing["servers"] for axis in plan["axes"]):
        raise Mistake("sizing.servers", N_("sizing.servers must be another option than those of the axes."))
    if len(list(cells(plan["axes"]))) > SIZED_AT_MOST:
        sentence = N_("axes must make at most {most:,} cells together, not {count:,}.")
        raise Mistake("axes", Phrase(sentence, most=SIZED_AT_MOST, count=len(list(cells(plan["axes"])))), status=413)
    if document.facts.losing is None or document.facts.losing(document.options, sizing["servers"], 0) is None:
        raise Mistake("sizing.servers", N_("sizing.servers must be the path of a number of servers, such as servers.0.count."))
    cell_document(document, plan, next(cells(plan["axes"])), sizing["high"])
