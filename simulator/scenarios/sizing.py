"""How many servers are enough: bisection, for every Cell of the axes at once. Pure; the Cells' seeds are played elsewhere.

A *probe* is one number of servers. It holds where at least the share `percentile` of all requests that ended was answered
within `below_ms`; one that failed was not. It is looked at after 5 seeds, 10, 15, ... until the interval of that share lies
on one side, at the latest after all seeds. Since it is looked at several times, each interval has the confidence
1 - 5 % / looks (Bonferroni), so that all of them together are right with 95 %. What is undecided at last does not hold.
"""

from collections.abc import Mapping, Sequence

from simulator.engine.words import N_
from simulator.judges.statistics import mean_interval
from simulator.scenarios.axes import cells as cells_of
from simulator.scenarios.axes import label_of
from simulator.scenarios.cell import is_stable
from simulator.scenarios.document import ScenarioDocument
from simulator.scenarios.findings import joined
from simulator.scenarios.mistake import Phrase

LOOK = 5
PILOT = -1
"""Stands for the pilot among the numbers of seeds."""


def looks(seeds: int) -> list[int]:
    """After how many seeds a probe is looked at."""
    return [*range(LOOK, seeds, LOOK), seeds]


def verdict(plan: dict, records: Sequence[dict]) -> tuple[bool | None, bool]:
    """(whether a probe holds, None for not known yet; whether that is for want of a decision)."""
    moments = looks(plan["seeds"])
    for count in moments:
        if len(records) < count:
            return None, False
        seen = records[:count]
        if not is_stable(sum(not record["stable"] for record in seen), count):
            return False, False
        found = mean_interval([record["within"] for record in seen], 1.0 - 0.05 / len(moments))
        if found.low >= plan["sizing"]["percentile"]:
            return True, False
        if found.high < plan["sizing"]["percentile"]:
            return False, False
    return False, True


def step(plan: dict, verdicts: Mapping[int, bool]) -> tuple[int | None, int | None]:
    """(the number of servers to look at next, None where it is over; the smallest that holds, None where none does or it is not over).

    Bisection over low .. high + 1: where one number holds, all larger ones are taken to hold.
    """
    low, high = plan["sizing"]["low"], plan["sizing"]["high"] + 1
    while low < high:
        middle = (low + high) // 2
        if middle not in verdicts:
            return middle, None
        low, high = (low, middle) if verdicts[middle] else (middle + 1, high)
    return None, low if low <= plan["sizing"]["high"] else None


def wanted(plan: dict, pilots: bool, probes: Mapping[tuple, Mapping[int, dict]]) -> list[tuple[tuple, int, list[int]]]:
    """What to play next, all of it at once: [(at, servers, numbers of seeds, PILOT for the pilot)]; empty where all is over.

    probes: what is known, by Cell and number of servers: {"records", "warm_ns": None before the pilot}.
    """
    found = []
    for at in cells_of(plan["axes"]):
        known = probes.get(at, {})
        servers, _answer = step(plan, _verdicts(plan, known))
        if servers is None:
            continue
        probe = known.get(servers, {"records": [], "warm_ns": None})
        if pilots and probe["warm_ns"] is None:
            found.append((at, servers, [PILOT]))
        else:
            done = len(probe["records"])
            found.append((at, servers, list(range(done, next(count for count in looks(plan["seeds"]) if count > done)))))
    return found


def sizes(plan: dict, probes: Mapping[tuple, Mapping[int, dict]]) -> list[dict]:
    """[{"at", "servers": the smallest that holds | None, "over", "probes": [{"servers", "holds", "undecided"}]}] so far."""
    found = []
    for at in cells_of(plan["axes"]):
        known = probes.get(at, {})
        said = {servers: verdict(plan, known[servers]["records"]) for servers in sorted(known)}
        after, servers = step(plan, _verdicts(plan, known))
        rows = [{"servers": number, "holds": holds, "undecided": undecided} for number, (holds, undecided) in said.items()]
        found.append({"at": list(at), "servers": servers, "over": after is None, "probes": rows})
    return found


def _verdicts(plan: dict, known: Mapping[int, dict]) -> dict[int, bool]:
    said = {servers: verdict(plan, probe["records"])[0] for servers, probe in known.items()}
    return {servers: holds for servers, holds in said.items() if holds is not None}


# In words


def said(plan: dict, size: dict) -> Phrase:
    """What has been found out about one Cell."""
    sizing = plan["sizing"]
    if not size["over"]:
        return Phrase(N_("Still looking."))
    if size["servers"] is None:
        return Phrase(N_("Not enough: the largest number, {high}."), high=sizing["high"])
    if size["servers"] == sizing["low"]:
        return Phrase(N_("Enough: {servers}, the smallest number that was asked for."), servers=size["servers"])
    return Phrase(N_("Enough: {servers}; not enough: {fewer}."), servers=size["servers"], fewer=size["servers"] - 1)


def sentence(document: ScenarioDocument, plan: dict, found: Sequence[dict]) -> Phrase:
    """One sentence that sums all Cells up."""
    sizing = plan["sizing"]
    promise = {"share": f"{100 * sizing['percentile']:.6g}", "below": f"{sizing['below_ms']:,.6g}"}
    enough = [size for size in found if size["servers"] is not None]
    if not all(size["over"] for size in found):
        return Phrase(N_("Looking for the smallest number of servers that answers {share} % of all requests within {below} ms."), **promise)
    if not enough:
        sentence = N_("{share} % of all requests are not answered within {below} ms with any number of servers up to {high}.")
        return Phrase(sentence, high=sizing["high"], **promise)
    fewest = min(size["servers"] for size in enough)
    if not plan["axes"]:
        sentence = N_("Servers that are enough to answer {share} % of all requests within {below} ms: {servers}.")
        return Phrase(sentence, servers=fewest, **promise)
    names = [_named(document, plan, size["at"]) for size in enough if size["servers"] == fewest]
    sentence = N_("Fewest servers to answer {share} % of all requests within {below} ms: {servers}, with {name}.")
    return Phrase(sentence, name=joined(names, "; "), servers=fewest, **promise)


def _named(document: ScenarioDocument, plan: dict, at: Sequence[int]) -> Phrase:
    return joined([label_of(document, axis["path"], axis["values"][place]) for axis, place in zip(plan["axes"], at, strict=True)], ", ")
