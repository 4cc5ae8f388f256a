"""The stages of an Experiment in the database: which slots one has, and what comes after it.

A grid has two: the pilots, where there are any, and all replications. A sizing has as many as bisection needs steps.
"""

from django.utils import timezone

from simulator.engine.clock import ns_from_s
from simulator.runs.models import Experiment, ExperimentCell, State
from simulator.scenarios.document import ScenarioDocument, parse
from simulator.scenarios.experiment import cells, needs_pilot, slot as replication, warm_ups
from simulator.scenarios.replication import least_warm_up
from simulator.scenarios.sizing import PILOT, wanted

PILOTS, REPLICATIONS = range(2)
"""The stages of a grid."""


def begin(experiment: Experiment) -> None:
    """Make the first stage of a new Experiment, whose row is stored."""
    if experiment.plan["kind"] == "sizing":
        _next_probes(experiment)
        return
    pilots = needs_pilot(experiment.plan)
    warm_ns = None if pilots else ns_from_s(experiment.plan["warm_up_s"])
    rows = [ExperimentCell(experiment=experiment, number=number, at=list(at), warm_ns=warm_ns)
            for number, at in enumerate(cells(experiment.plan["axes"]))]
    ExperimentCell.objects.bulk_create(rows)
    experiment.total = len(rows) * (experiment.plan["seeds"] + pilots)
    _open(experiment, PILOTS if pilots else REPLICATIONS, len(rows) * (1 if pilots else experiment.plan["seeds"]))


def slot(experiment: Experiment, number: int) -> tuple[int, int]:
    """(Cell's number, number of the seed or PILOT) of a slot of this stage."""
    if experiment.slots is not None:
        return tuple(experiment.slots[number])
    if experiment.stage == PILOTS:
        return number, PILOT
    return replication(experiment.plan, experiment.stage_slots // experiment.plan["seeds"], number)


def phase(experiment: Experiment) -> str | None:
    """What an unfinished Experiment is at: "warm_up", "replications" or "probes"; None where it is over."""
    if not experiment.unfinished:
        return None
    if experiment.slots is not None:
        return "probes"
    return "warm_up" if experiment.stage == PILOTS else "replications"


def advance(experiment: Experiment) -> bool:
    """A stage is complete: open the next one, or end it; whether there is a next one. The row is changed, not stored."""
    document = parse(experiment.document)
    if experiment.plan["kind"] == "sizing":
        _settle_probes(experiment, document)
        if _next_probes(experiment):
            return True
    elif experiment.stage == PILOTS:
        _settle_grid(experiment, document)
        _open(experiment, REPLICATIONS, experiment.total - experiment.stage_slots)
        return True
    experiment.state, experiment.finished = State.DONE, timezone.now()
    return False


def probes(experiment: Experiment) -> dict[tuple, dict[int, dict]]:
    """What is known of a sizing, by Cell and number of servers: {"number", "records", "warm_ns"}."""
    found: dict = {}
    for row in experiment.cells.defer("tail"):
        found.setdefault(tuple(row.at), {})[row.servers] = {"number": row.number, "records": row.records, "warm_ns": row.warm_ns}
    return found


def _settle_grid(experiment: Experiment, document: ScenarioDocument) -> None:
    """Pilots say what the replications leave out."""
    rows = list(experiment.cells.only("pk", "at", "pilot_ns"))
    found = warm_ups(document, experiment.plan, {tuple(row.at): row.pilot_ns for row in rows})
    for row in rows:
        row.warm_ns, row.stamp = found[tuple(row.at)], experiment.stamp
    ExperimentCell.objects.bulk_update(rows, ["warm_ns", "stamp"], batch_size=200)


def _settle_probes(experiment: Experiment, document: ScenarioDocument) -> None:
    least = least_warm_up(document, experiment.plan["sizing"]["lost"])
    for row in experiment.cells.filter(warm_ns=None, pilot_ns__isnull=False):
        experiment.cells.filter(pk=row.pk).update(warm_ns=max(row.pilot_ns, least), stamp=experiment.stamp)


def _next_probes(experiment: Experiment) -> bool:
    """Open the stage of what a sizing must know next; whether there is anything."""
    known, pilots = probes(experiment), needs_pilot(experiment.plan)
    wants = wanted(experiment.plan, pilots, known)
    if not wants:
        return False
    warm_ns, count = None if pilots else ns_from_s(experiment.plan["warm_up_s"]), experiment.cells.count()
    new = [(at, servers) for at, servers, _seeds in wants if servers not in known.get(at, {})]
    ExperimentCell.objects.bulk_create([
        ExperimentCell(experiment=experiment, number=count + place, at=list(at), servers=servers, warm_ns=warm_ns, stamp=experiment.stamp)
        for place, (at, servers) in enumerate(new)])
    numbers = {(tuple(row.at), row.servers): row.number for row in experiment.cells.only("at", "servers", "number")}
    experiment.slots = [[numbers[at, servers], seed] for at, servers, seeds in wants for seed in seeds]
    experiment.total += len(experiment.slots)
    _open(experiment, experiment.stage + 1, len(experiment.slots))
    return True


def _open(experiment: Experiment, stage: int, slots: int) -> None:
    experiment.stage, experiment.stage_slots, experiment.stage_done, experiment.claimed = stage, slots, 0, 0
