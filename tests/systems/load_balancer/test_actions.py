"""What each Action does, on a line of requests that one can follow by hand: one every 10 ms, 4 ms of work."""

import pytest

from simulator.engine.action import Action, ActionRefused
from simulator.engine.clock import MS
from simulator.systems.load_balancer.actions import ACTIONS
from simulator.systems.load_balancer.layout import OUTCOMES
from tests.systems.load_balancer.twins import balancer, do, requests

LINE = {
    "arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "deterministic", "mean_ms": 4},
    "servers": [{"count": 1}], "strategy": {"name": "round_robin"}, "detection_ms": 25,
}


def line(**options):
    """A run of LINE with other options; 1 s long."""
    return balancer(LINE | options, 1000 * MS)


def story(run, until_ms: int) -> list[tuple]:
    """(sent, start, done in ms or None, server or None, outcome) of the requests that are over by until_ms."""
    run.advance(until_ms * MS)
    return [(one["sent"] / MS, _ms(one["start"]), _ms(one["done"]), one["server"] if one["server"] >= 0 else None,
             OUTCOMES[one["outcome"]]) for one in requests(run)]


def _ms(ns: int) -> float | None:
    return ns / MS if ns >= 0 else None


def said(run) -> list[str]:
    """The sentences of the Actions so far."""
    return [row["said"] for row in run.tables()["actions"]]


def test_a_quiet_line():
    assert story(line(), 30) == [(10, 10, 14, 0, "ok"), (20, 20, 24, 0, "ok")]


def test_crash_fails_what_is_there_and_what_comes_until_it_is_noticed():
    run = line(service={"law": "deterministic", "mean_ms": 15})
    assert do(run, 22 * MS, "crash", "server-0") == ""
    assert said(run) == ["crashed server-0: 2 requests failed"]
    assert story(run, 60) == [
        (10, 10, 22, 0, "crashed"), (20, None, 22, 0, "crashed"),  # in service, and in the queue
        (30, None, 30, 0, "refused"), (40, None, 40, 0, "refused"),  # nobody has noticed yet
        (50, None, 50, None, "no_server"), (60, None, 60, None, "no_server"),
    ]


def test_restart_brings_requests_back_after_the_detection_time():
    run = line()
    do(run, 14 * MS, "crash", "server-0")
    assert do(run, 52 * MS, "restart", "server-0") == ""
    assert [row[4] for row in story(run, 95)] == ["ok", "refused", "refused", "no_server", "no_server", "no_server",
                                                  "no_server", "ok", "ok"]


def test_without_detection_time_the_balancer_knows_at_once():
    run = line(detection_ms=0)
    do(run, 15 * MS, "crash", "server-0")
    assert [row[4] for row in story(run, 25)] == ["ok", "no_server"]
    assert run.keyframe()["servers"][0]["known_down"]


def test_slow_stretches_what_remains_and_what_comes():
    run = line()
    assert do(run, 12 * MS, "slow", "server-0", factor=2) == ""
    assert story(run, 35) == [(10, 10, 16, 0, "ok"), (20, 20, 28, 0, "ok")]
    do(run, 36 * MS, "slow", "server-0", factor=1)
    assert story(run, 60)[2:] == [(30, 30, 37, 0, "ok"), (40, 40, 44, 0, "ok"), (50, 50, 54, 0, "ok")]


def test_pause_freezes_and_resume_goes_on_where_it_was():
    run = line()
    assert do(run, 12 * MS, "pause", "server-0") == ""
    assert story(run, 31) == []
    assert run.keyframe()["servers"][0] | {"state": "paused", "queue": 2, "busy": 1} == run.keyframe()["servers"][0]
    assert do(run, 32 * MS, "resume", "server-0") == ""
    assert story(run, 49) == [(10, 10, 34, 0, "ok"), (20, 34, 38, 0, "ok"), (30, 38, 42, 0, "ok"), (40, 42, 46, 0, "ok")]


def test_what_waits_at_an_idle_paused_server_starts_when_it_resumes():
    run = line()
    do(run, 5 * MS, "pause", "server-0")
    do(run, 25 * MS, "resume", "server-0")
    assert story(run, 35) == [(10, 25, 29, 0, "ok"), (20, 29, 33, 0, "ok")]


def test_slow_while_paused_counts_from_the_resume():
    run = line()
    do(run, 12 * MS, "pause", "server-0")
    do(run, 13 * MS, "slow", "server-0", factor=3)
    do(run, 14 * MS, "resume", "server-0")
    assert story(run, 29)[0] == (10, 10, 20, 0, "ok")


def test_drain_finishes_what_is_there_and_takes_nothing_more():
    run = line(servers=[{"count": 2}])
    assert do(run, 12 * MS, "drain", "server-0") == ""
    assert [row[3] for row in story(run, 55)] == [0, 1, 1, 1, 1]
    assert do(run, 55 * MS, "undrain", "server-0") == ""
    assert [row[3] for row in story(run, 85)] == [0, 1, 1, 1, 1, 0, 1, 0]


def test_remove_fails_what_is_there_and_the_balancer_knows_at_once():
    run = line(servers=[{"count": 2}])
    assert do(run, 12 * MS, "remove", "server-0") == ""
    assert said(run) == ["removed server-0: 1 requests failed"]
    assert story(run, 45) == [(10, 10, 12, 0, "crashed"), (20, 20, 24, 1, "ok"), (30, 30, 34, 1, "ok"), (40, 40, 44, 1, "ok")]


def test_add_server_takes_requests_at_once():
    run = line()
    assert do(run, 15 * MS, "add_server", speed=2, slots=3) == ""
    assert said(run) == ["added server-1"]
    assert story(run, 45) == [(10, 10, 14, 0, "ok"), (20, 20, 22, 1, "ok"), (30, 30, 34, 0, "ok"), (40, 40, 42, 1, "ok")]
    assert run.keyframe()["servers"][1] | {"speed": 2.0, "slots": 3, "queue_limit": None} == run.keyframe()["servers"][1]


def test_rate_rescales_the_gap_that_is_left():
    run = line()
    assert do(run, 15 * MS, "rate", factor=0.5) == ""  # 5 ms of the gap are left: 10 ms at half the rate
    assert [row[0] for row in story(run, 70)] == [10, 25, 45, 65]
    do(run, 70 * MS, "rate", factor=0)
    assert len(story(run, 500)) == 4
    do(run, 500 * MS, "rate", factor=1)
    assert [row[0] for row in story(run, 530)][4:] == [507.5, 517.5]


def test_timeout_is_counted_from_sending_and_the_server_is_not_told():
    run = line(service={"law": "deterministic", "mean_ms": 18}, timeout_ms=15, servers=[{"count": 1, "slots": 1}])
    assert story(run, 50)[:2] == [(10, 10, 25, 0, "timeout"), (20, 28, 35, 0, "timeout")]
    servers = run.keyframe()["servers"][0]
    assert servers["in_flight"] == 2  # sent at 40 and 50; those given up no longer count
    assert servers["queue"] + servers["busy"] == 3  # but the one of 30 is still worked on


def test_queue_limit_rejects_one_more():
    run = line(service={"law": "deterministic", "mean_ms": 25}, servers=[{"count": 1, "queue_limit": 1}])
    assert story(run, 65) == [(10, 10, 35, 0, "ok"), (20, 35, 60, 0, "ok"), (30, None, 30, 0, "rejected"),
                              (50, None, 50, 0, "rejected")]


def test_every_leg_takes_its_delay():
    run = line(client_delay={"law": "constant", "delay_ms": 1}, server_delay={"law": "constant", "delay_ms": 2})
    run.advance(29 * MS)
    first = requests(run)[0]
    assert [first[name] / MS for name in ("sent", "at_balancer", "at_server", "start", "depart", "back", "done")] == [
        10, 11, 13, 13, 17, 19, 20]


def test_a_request_given_up_before_the_balancer_has_it_goes_no_further():
    run = line(client_delay={"law": "constant", "delay_ms": 8}, timeout_ms=5)
    run.advance(29 * MS)
    first = requests(run)[0]
    assert (OUTCOMES[first["outcome"]], first["done"], first["at_balancer"], first["server"]) == ("timeout", 15 * MS, 18 * MS, -1)


STATES_BY = {"up": [], "down": ["crash"], "paused": ["pause"], "draining": ["drain"], "removed": ["remove"]}


@pytest.mark.parametrize("state", STATES_BY)
def test_what_would_change_nothing_is_refused_with_a_sentence(state):
    for spec in (spec for spec in ACTIONS if spec.role):
        run = line()
        for kind in STATES_BY[state]:
            assert do(run, 0, kind, "server-0") == ""
        before, digest = run.keyframe(), run.trace.digest()
        refusal = do(run, 0, spec.kind, "server-0")
        assert refusal == spec.refused("server-0", state)
        assert (spec.kind, "server-0", spec.refused("server-0", state)) in line_actions(state)
        if refusal:
            assert "server-0" in refusal and refusal.endswith(".")
            assert (run.keyframe(), run.trace.digest()) == (before, digest)


def line_actions(state: str) -> list[tuple]:
    """actions() of a line whose server is in `state`."""
    run = line()
    for kind in STATES_BY[state]:
        do(run, 0, kind, "server-0")
    return run.actions()


@pytest.mark.parametrize(("kind", "target", "params", "field"), [
    ("explode", "server-0", {}, "kind"),
    ("crash", "server-1", {}, "target"),
    ("crash", "", {}, "target"),
    ("crash", "server-01", {}, "target"),
    ("crash", "server-١", {}, "target"),
    ("rate", "server-0", {"factor": 1}, "target"),
    ("rate", "", {"factor": -1}, "params.factor"),
    ("rate", "", {"factor": float("nan")}, "params.factor"),
    ("rate", "", {"factor": "2"}, "params.factor"),
    ("rate", "", {"speed": 2}, "params.speed"),
    ("slow", "server-0", {"factor": 0}, "params.factor"),
    ("add_server", "", {"slots": 1.5}, "params.slots"),
    ("add_server", "", {"slots": 0}, "params.slots"),
])
def test_a_wrong_action_names_its_field(kind, target, params, field):
    with pytest.raises(ActionRefused) as refused:
        line().apply(Action(0, kind, target, params))
    assert refused.value.field == field


def test_a_thousand_servers_are_the_most():
    run = balancer(LINE | {"servers": [{"count": 1000}]}, 1000 * MS)
    assert do(run, 0, "add_server") == "There may be 1,000 servers in all at most."


def test_changes_actions_and_rates_are_in_the_tables():
    run = line()
    do(run, 15 * MS, "crash", "server-0")
    do(run, 20 * MS, "rate", factor=2)
    run.advance(50 * MS)
    tables = run.tables()
    assert tables["changes"] == [
        {"at_ns": 15 * MS, "server": 0, "state": "down", "slow": 1.0, "known_down": False},
        {"at_ns": 40 * MS, "server": 0, "state": "down", "slow": 1.0, "known_down": True},
    ]
    assert [(row["at_ns"], row["kind"], row["target"], row["params"]) for row in tables["actions"]] == [
        (15 * MS, "crash", "server-0", {}), (20 * MS, "rate", "", {"factor": 2.0})]
    assert tables["rates"] == [{"at_ns": 20 * MS, "factor": 2.0}]
    assert run.tables()["changes"] == []
