"""Every Action on every system of actors: it can be done and the run goes on, or it is refused with a reason that the menu shows."""

import json

import pytest

from simulator.engine.action import Action, ActionRefused
from simulator.engine.clock import MS
from simulator.engine.nemesis import PALETTE
from simulator.engine.rows import MESSAGE, ROW
from simulator.engine.simulation import plan
from simulator.scenarios.deeds import check_action
from simulator.scenarios.mistake import Mistake
from tests.systems.systems import ACTORS, start

WHEN_NS = 100 * MS
CUT = plan(500 * MS)
CELLS = [(key, spec.kind) for key, facts in ACTORS.items() for spec in facts.actions]
FIRST = {"restart": "crash", "restart_wiped": "crash", "resume": "pause", "mend": "cut", "heal": "isolate"}
"""What has to be done before an Action makes sense."""


def targets(run, spec):
    """Something of each kind that an Action with this role can be done to."""
    nodes, role = list(run.cluster.nodes), spec.role
    if role == "":
        return [""]
    if role == "link":
        return [f"{nodes[0]}->{nodes[-1]}"]
    if role == "message":
        return [_in_flight(run)]
    first = {node.role: node.id for node in reversed(run.cluster.ordered) if spec.suits(node.role)}
    return list(first.values())


def _in_flight(run) -> str:
    """The number of a message in flight; time goes on until there is one."""
    for _ in range(4000):
        for place, row in enumerate(ROW.iter_unpack(bytes(run.cluster.rows))):
            if row[7] == MESSAGE and row[6] == 0:
                return str(run.cluster.base + place)
        run.advance(run.now_ns + MS // 10)
    raise AssertionError("nothing is ever in flight")


def params(run, spec):
    """Its defaults, and two halves of the nodes for a partition."""
    nodes = list(run.cluster.nodes)
    half = len(nodes) // 2
    return {"groups": ",".join(nodes[:half]) + "|" + ",".join(nodes[half:])} if spec.kind == "partition" else {}


def ready(key, kind, target_of=0):
    """(run, spec, target) at a moment at which the Action makes sense."""
    facts = ACTORS[key]
    spec = next(spec for spec in facts.actions if spec.kind == kind)
    run = start(facts, 1, CUT)
    if spec.role != "message":
        run.advance(WHEN_NS)
    target = targets(run, spec)[target_of]
    if kind in FIRST and kind not in facts.refuses:
        before = FIRST[kind]
        run.apply(Action(run.now_ns, before, target if before != "isolate" else list(run.cluster.nodes)[0]))
    return run, spec, target


@pytest.mark.parametrize(("key", "kind"), CELLS, ids=map("-".join, CELLS))
def test_an_action_runs_or_is_refused_with_a_reason_that_is_shown(key, kind):
    facts = ACTORS[key]
    if kind in facts.refuses:
        return refused_everywhere(key, kind)
    run, spec, _target = ready(key, kind)
    for place in range(len(targets(run, spec))):
        run, spec, target = ready(key, kind, place)
        at_ns = run.now_ns
        if spec.role in ("", "node", *facts.roles):
            shown = [reason for kind, where, reason in run.actions() if (kind, where) == (spec.kind, target)]
            assert len(shown) == 1, "the menu has it once"
        try:
            run.apply(Action(at_ns, kind, target, params(run, spec)))
        except ActionRefused as refused:
            assert str(refused) and "{" not in str(refused)
            own = kind not in ("crash", "restart", "pause", "resume", "slow", "partition", "heal", "cut", "mend", "isolate", "remove")
            assert own, f"{kind} of {target} was refused: {refused}"
            continue
        run.advance(CUT.duration_ns)
        row = next(row for row in run.tables()["actions"] if row["kind"] == kind and row["at_ns"] == at_ns)
        assert row["said"] and "{" not in row["said"]
        json.dumps([run.keyframe(), run.summary()], allow_nan=False)
        assert not [breach for breach in run.summary()["breaches"]], f"{kind} of {target} broke a promise"


def refused_everywhere(key, kind):
    """By the kernel, by the check of scenarios and clicks, and in the menu, each time with the system's own reason."""
    facts = ACTORS[key]
    reason = facts.refuses[kind]
    run = start(facts, 1, CUT)
    run.advance(WHEN_NS)
    node = list(run.cluster.nodes)[0]
    with pytest.raises(ActionRefused) as refused:
        run.apply(Action(run.now_ns, kind, node))
    assert str(refused.value) == reason
    with pytest.raises(Mistake) as mistake:
        check_action(facts, facts.config(), {"at_ns": 1, "kind": kind, "target": node}, CUT.duration_ns, [], "action")
    assert reason in str(mistake.value)
    assert reason.endswith(".")
    menu = [shown for shown_kind, _target, shown in run.actions() if shown_kind == kind]
    assert menu and set(menu) == {reason}


@pytest.mark.parametrize("key", ACTORS)
def test_what_would_change_nothing_is_refused_with_the_menus_reason(key):
    run = start(ACTORS[key], 1, CUT)
    run.advance(WHEN_NS)
    node = list(run.cluster.nodes)[0]
    run.apply(Action(run.now_ns, "crash", node))
    for kind, target, reason in run.actions():
        if target == node and reason and kind not in ACTORS[key].refuses:
            with pytest.raises(ActionRefused) as refused:
                run.apply(Action(run.now_ns, kind, target))
            assert str(refused.value) == reason


@pytest.mark.parametrize("key", ACTORS)
def test_a_nemesis_with_every_fault_runs_to_the_end(key):
    """With all that the palette holds, over some seeds: no exception, and every row is JSON."""
    rough = {"rate_per_s": 20.0, "mean_duration_ms": 100.0, "faults": list(PALETTE), "spare": "nobody"}
    for seed in range(5):
        run = start(ACTORS[key], seed, CUT, nemesis=rough)
        run.advance(CUT.duration_ns)
        assert run.tables()["actions"]
        json.dumps(run.summary(), allow_nan=False)
