"""Playing a Scenario: digests follow from Scenario, seed and journal, and from nothing else."""

import io

import numpy as np
import pytest

from simulator.engine.action import Action
from simulator.scenarios import recordings
from simulator.scenarios.document import parse
from simulator.scenarios.mistake import Mistake
from simulator.scenarios.play import act, prepare, simulate

S = 1_000_000_000
BASE = {"format": "distviz-scenario/1", "system": "load_balancer", "duration_s": 2,
        "config": {"arrivals": {"law": "poisson", "rate_per_s": 200}, "servers": [{"count": 4}]}}
CRASH = {"at_ns": S, "kind": "crash", "target": "server-1", "params": {}}


def digest(journal=(), seed=None, **changes) -> str:
    """The digest of the base Scenario with `changes`."""
    return simulate(parse(BASE | changes), seed, journal)["digest"]


def test_what_decides_a_run_decides_its_digest():
    plain = digest()
    assert plain == digest(title="another", text="another", compare=None)
    assert plain == digest(config=BASE["config"] | {"detection_ms": 500.0, "timeout_ms": None})
    others = [digest(seed=2), digest(duration_s=2.5), digest(warm_up_s=1), digest(actions=[CRASH]),
              digest(config=BASE["config"] | {"timeout_ms": 100})]
    assert len({plain, *others}) == 6


def test_a_journal_is_the_same_as_scheduled_actions():
    action = Action(S, "crash", "server-1", {})
    assert digest(journal=[action]) == digest(actions=[CRASH])


def test_the_seed_of_the_document_is_the_default():
    assert digest(seed=7) == simulate(parse(BASE | {"seed": 7}))["digest"]


@pytest.mark.parametrize("first", [0, 1, 3, 1000])
def test_the_digest_does_not_depend_on_what_is_watched(first):
    playing = prepare(parse(BASE), 1)
    numbers = [segment.number for segment in playing.segments(first)]
    assert numbers == list(range(first, len(playing.plan.windows())))
    assert playing.digest() == playing.summary()["digest"] == digest(seed=1)
    assert playing.now_ns == 2 * S and playing.events > 0


def test_actions_run_in_order_of_time_and_the_scenario_s_before_a_click_s():
    document = parse(BASE | {"actions": [CRASH | {"at_ns": S, "target": "server-2"}, CRASH | {"at_ns": S // 2}]})
    playing = prepare(document, 1, [Action(S, "restart", "server-1", {}), Action(0, "crash", "server-3", {})])
    assert [(action.at_ns, action.kind, action.target) for action in playing.actions] == [
        (0, "crash", "server-3"), (S // 2, "crash", "server-1"), (S, "crash", "server-2"), (S, "restart", "server-1")]


def test_a_click_is_checked_like_a_scheduled_action():
    document = parse(BASE)
    assert act(document, CRASH) == Action(S, "crash", "server-1", {})
    assert act(document, {"at_ns": S, "kind": "slow", "target": "server-0"}).params == {"factor": 5.0}
    journal = [Action(0, "add_server", "", {"speed": 1.0, "slots": 1})]
    assert act(document, CRASH | {"target": "server-4"}, journal).target == "server-4"
    for change, field in (({"target": "server-4"}, "action.target"), ({"kind": "x"}, "action.kind"), ({"at_ns": 2 * S}, "action.at_ns")):
        with pytest.raises(Mistake) as failure:
            act(document, CRASH | change)
        assert failure.value.field == field
    with pytest.raises(Mistake) as failure:
        prepare(document, 1, [Action(S, "crash", "server-9", {})])
    assert failure.value.field == "journal.0.target"


@pytest.mark.parametrize("seed", [-1, 2**53, 1.5, True, "1"])
def test_a_wrong_seed_is_refused(seed):
    with pytest.raises(Mistake, match="seed must be a whole number"):
        prepare(parse(BASE), seed)


def _recorded(text: str, **mapping):
    recording = recordings.read(io.BytesIO(text.encode()), "test", {"format": "csv", "time": "t"} | mapping)
    document = parse(recordings.scenario(recording, servers=2))
    return recording, document


def test_a_recording_is_replayed_exactly():
    rows = "".join(f"{n * n / 1000},{n % 7}\n" for n in range(100))
    recording, document = _recorded("t,d\n" + rows, demand="d", demand_factor=0.1)
    playing = prepare(document, 1, (), {recording.key: recording})
    segments = list(playing.segments())
    requests = [segment.tables["requests"] for segment in segments]
    sent = np.unique(np.concatenate([np.asarray(table["sent_ns"]) for table in requests]))
    assert sent.astype(np.int64).tolist() == recording.arrival_ns.tolist()
    assert playing.summary()["sent"] == 100
    served = {int(k): depart - start for table in requests for k, start, depart in zip(
        np.asarray(table["k"]), np.asarray(table["start"], float), np.asarray(table["depart"], float), strict=True)
        if np.isfinite(depart)}
    for k, demand_ns in enumerate(recording.demand_ns.tolist()):
        if k in served:
            assert served[k] == pytest.approx(demand_ns, rel=1e-5, abs=5000)
    assert len(served) > 50


def test_a_missing_recording_is_named():
    _recording, document = _recorded("t\n1\n2\n")
    with pytest.raises(Mistake) as failure:
        simulate(document)
    assert failure.value.field == "config.arrivals.recording"


def test_a_recording_without_demands_cannot_give_them():
    recording, document = _recorded("t\n1\n2\n")
    raw = document.document()
    raw["config"]["service"] = {"law": "recorded"}
    with pytest.raises(Mistake) as failure:
        simulate(parse(raw), inputs={recording.key: recording})
    assert failure.value.field == "config.service.law"


def test_the_recording_s_digest_is_in_the_run_s():
    first, document = _recorded("t,d\n0,1\n1,2\n", demand="d")
    second, other = _recorded("t,d\n0,1\n1.000000001,2\n", demand="d")
    assert first.key != second.key
    assert simulate(document, inputs={first.key: first})["digest"] != simulate(other, inputs={second.key: second})["digest"]


def test_an_action_that_the_system_refuses_is_named_where_it_stands():
    twice = [CRASH | {"at_ns": S + 5}, CRASH, CRASH | {"at_ns": S // 2, "target": "server-2"}]
    with pytest.raises(Mistake) as failure:
        simulate(parse(BASE | {"actions": twice}))
    assert failure.value.field.startswith("actions.0.") and "server-1 is down" in failure.value.sentence
    with pytest.raises(Mistake) as failure:
        simulate(parse(BASE | {"actions": [CRASH]}), journal=[Action(0, "crash", "server-0"), Action(S, "crash", "server-1")])
    assert failure.value.field.startswith("journal.1.")


def test_what_a_click_has_made_meaningless_is_a_row_and_no_failure():
    scheduled = parse(BASE | {"actions": [CRASH | {"at_ns": S + 5}]})
    early = Action(S, "crash", "server-1")
    playing = prepare(scheduled, journal=[early])
    rows = [row for segment in playing.segments() for row in segment.tables["actions"]]
    assert [(row["at_ns"], row.get("refused", False)) for row in rows] == [(S, False), (S + 5, True)]
    assert "server-1 is down" in rows[1]["said"]
    assert playing.digest() == simulate(scheduled, journal=[early])["digest"]
