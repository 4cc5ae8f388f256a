"""Experiments played in one go, without a database: what workers must come to, byte for byte."""

from simulator.engine.clock import ns_from_s
from simulator.judges.tail import NOTHING, Tail
from simulator.scenarios import cell as cells
from simulator.scenarios import sizing
from simulator.scenarios.document import ScenarioDocument
from simulator.scenarios.experiment import cell_document, cells as cells_of, needs_pilot, planned, warm_ups
from simulator.scenarios.replication import least_warm_up, pilot, record


def grid(document: ScenarioDocument, **wanted) -> tuple[dict, list[dict]]:
    """(the plan, every Cell: {"facts", "records", "tail", "warm_ns"}) of a grid."""
    plan = planned(document, wanted)
    made = {at: cell_document(document, plan, at) for at in cells_of(plan["axes"])}
    if needs_pilot(plan):
        warm = warm_ups(document, plan, {at: pilot(one, plan["first_seed"] + plan["seeds"], {}) for at, one in made.items()})
    else:
        warm = dict.fromkeys(made, ns_from_s(plan["warm_up_s"]))
    return plan, [measured(one, plan, warm[at]) for at, one in made.items()]


def measured(document: ScenarioDocument, plan: dict, warm_ns: int, numbers=None, limit_ms=None) -> dict:
    """One Cell."""
    records, tail = [], Tail(NOTHING)
    for number in numbers if numbers is not None else range(plan["seeds"]):
        found, slower = record(document, plan["first_seed"] + number, warm_ns, {}, limit_ms)
        records, tail = cells.added(records, [found]), tail.plus(slower)
    return {"facts": cells.facts(records, tail), "records": records, "tail": tail.pack(), "warm_ns": warm_ns}


def sized(document: ScenarioDocument, **wanted) -> tuple[dict, list[dict]]:
    """(the plan, its sizes) of a sizing."""
    plan = planned(document, {"kind": "sizing", **wanted})
    pilots, probes = needs_pilot(plan), {}
    while wants := sizing.wanted(plan, pilots, probes):
        for at, servers, numbers in wants:
            made = cell_document(document, plan, at, servers)
            probe = probes.setdefault(at, {}).setdefault(servers, {"records": [], "warm_ns": None if pilots else ns_from_s(plan["warm_up_s"])})
            if numbers == [sizing.PILOT]:
                least = least_warm_up(document, plan["sizing"]["lost"])
                probe["warm_ns"] = max(least, pilot(made, plan["first_seed"] + plan["seeds"], {}))
            else:
                limit_ms = plan["sizing"]["below_ms"]
                probe["records"] = cells.added(probe["records"], measured(made, plan, probe["warm_ns"], numbers, limit_ms)["records"])
    return plan, sizing.sizes(plan, probes)
