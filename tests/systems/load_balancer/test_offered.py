"""A load beyond the capacity is called unstable with every seed; what turns work away, or adapts, never is by its laws alone."""

import pytest

from simulator.engine.clock import S
from simulator.judges.tail import NOTHING, Tail
from simulator.scenarios.cell import facts
from simulator.scenarios.play import simulate
from simulator.systems.load_balancer import offered
from tests.scenarios.experiments import grid
from tests.systems.load_balancer.twins import balancer
from tests.systems.truth import config, scenario

SHORT_S = 20
TEN = [{"count": 10}]
ONE_SLOW = [{"count": 9}, {"count": 1, "speed": 0.2}]
BEYOND = 10.5
LAYER_7 = {"kind": {"name": "layer_7", "cores": 64, "request_ms": 0.01}}


def said(options: dict, duration_s: float = SHORT_S) -> str | None:
    """The sentence of the laws alone about a run of these options; None: they say nothing."""
    run = balancer(options, int(duration_s * S))
    run.advance(int(duration_s * S))
    found = offered.impossible(run)
    return found and found.sentence


@pytest.mark.parametrize("strategy", ["random", "power_of_two", "least_connections", "least_work_left", "smooth_weighted_round_robin"])
def test_five_percent_too_much_is_seen_in_every_short_run(strategy):
    """20 s of 10 requests/s, of which the judge of the backlogs sees almost nothing."""
    for seed in range(1, 11):
        summary = simulate(scenario(config(BEYOND, TEN, strategy), SHORT_S), seed)
        assert summary["stable"] is False and summary["latency_ms"]["p99"] is None
        assert "105 % of the work" in summary["stability"]


@pytest.mark.parametrize("strategy", ["random", "round_robin"])
def test_the_slow_server_of_ten_is_named_in_every_short_run(strategy):
    for seed in range(1, 11):
        summary = simulate(scenario(config(0.6 * 9.2, ONE_SLOW, strategy), SHORT_S), seed)
        assert "server-9 is given 276 %" in summary["stability"]


def test_an_experiment_calls_every_seed_of_such_a_cell_unstable():
    base = scenario(config(9.0, TEN, "power_of_two"), SHORT_S)
    _plan, cells = grid(base, axes=[{"path": "arrivals.rate_per_s", "values": [9.0, 9.9, 10.1]}], seeds=5, warm_up_s=2)
    assert [cell["facts"]["unstable"] for cell in cells] == [0, 0, 5]
    assert cells[2]["facts"]["latency_ms"] is None and cells[2]["facts"]["stability"]["values"] == {"load": "101"}
    assert facts(cells[2]["records"][:1], Tail(NOTHING))["stable"] is False, "the first seed is enough"


@pytest.mark.parametrize("more", [
    {}, {"balancers": LAYER_7}, {"balancers": {"kind": {"name": "layer_4"}}}, {"timeout_ms": 500.0}, {"hedging": {"after_ms": 100.0}},
    {"retries": {"retries": 2, "try_timeout_ms": 100.0}}, {"health": {"on": True}}, {"outliers": {"on": True}},
    {"service": {"law": "hyperexponential", "mean_ms": 1000.0}}, {"servers": [{"count": 1, "slots": 10, "discipline": "sharing"}]},
    {"servers": [{"count": 5, "speed": 2.0, "discipline": "priority"}]}, {"classes": [{"share": 1}, {"share": 1, "demand": 1.2}], "arrivals": {"law": "poisson", "rate_per_s": 9.6}},
    {"fan_out": 3, "arrivals": {"law": "poisson", "rate_per_s": 3.5}},
    {"arrivals": {"law": "deterministic", "rate_per_s": 10.0}},
], ids=lambda more: ",".join(more) or "plain")
def test_nothing_of_this_makes_too_much_work_bearable(more):
    assert said(config(BEYOND, TEN, "power_of_two") | more)


@pytest.mark.parametrize("more", [
    {"servers": [{"count": 10, "queue_limit": 5}]}, {"shedding": {"after_ms": 500.0}}, {"rate_limit": {"rate_per_s": 9.0}},
    {"breakers": {"max_requests": 20}}, {"balancers": {"cache": {"on": True}}}, {"scaling": {"maximum": 20}},
    {"arrivals": {"law": "closed", "clients": 100}}, {"arrivals": {"law": "curve", "points": [[0, 20], [10, 20], [20, 0]]}},
    {"balancers": {"kind": {"name": "hardware", "connections_per_s": 5}}}, {"balancers": LAYER_7, "timeout_ms": 500.0},
    {"timeout_ms": 50.0, "client_delay": {"law": "constant", "delay_ms": 80.0}},
    {"arrivals": {"law": "bursty", "low_rate_per_s": 5.0, "high_rate_per_s": 40.0, "low_mean_s": 4.0, "high_mean_s": 1.0}},
    {"timeout_ms": 500.0, "hedging": {"after_ms": 100.0, "cancel": "on_answer"}},
    {"servers": [{"count": 10, "slowness": {"every_s": 1.0, "factor": 0.1}}]},
    {"arrivals": {"law": "deterministic", "rate_per_s": 10.0}, "service": {"law": "deterministic", "mean_ms": 1000.0}},
    {"arrivals": {"law": "poisson", "rate_per_s": 9.9}},
    {"classes": [{"share": 1, "group": 1}]},
], ids=lambda more: ",".join(f"{name}" for name in more))
def test_what_turns_work_away_or_adapts_or_just_fits_is_left_to_the_judge_of_the_backlogs(more):
    assert said(config(BEYOND, TEN, "power_of_two") | more) is None


@pytest.mark.parametrize("more", [
    {"strategy": {"name": "power_of_two"}}, {"strategy": {"name": "smooth_weighted_round_robin"}}, {"health": {"on": True}}, {"outliers": {"on": True}},
    {"retries": {"retries": 1}}, {"hedging": {"after_ms": 100.0}}, {"balancers": {"kind": {"name": "layer_4"}}, "sources": {"population": 3}},
    {"zones": {"count": 2, "routing": "local"}},
], ids=lambda more: ",".join(more))
def test_no_share_is_forced_where_anything_may_take_a_slow_server_out(more):
    options = config(0.6 * 9.2, ONE_SLOW, "random")
    assert "server-9" in said(options)
    assert said(options | more) is None


@pytest.mark.parametrize("more", [
    {}, {"fan_out": 5, "arrivals": {"law": "deterministic", "rate_per_s": 1.0}}, {"servers": [{"count": 5, "slots": 2}]},
    {"servers": [{"count": 5, "speed": 2.0}]}, {"classes": [{"share": 3, "demand": 0.5}, {"share": 1, "demand": 2.5}]},
    {"service": {"law": "bounded_pareto", "minimum_ms": 300.0, "maximum_ms": 20_000.0, "shape": 1.4}},
    {"service": {"law": "erlang", "mean_ms": 800.0, "stages": 3}}, {"balancers": {"count": 3, "placement": "at_random"}},
], ids=lambda more: ",".join(more) or "plain")
def test_what_is_said_to_be_asked_is_what_the_servers_then_do(more):
    run = balancer(config(5.0, TEN, "least_connections") | more, 3000 * S)
    run.advance(3000 * S)
    capacity = float((run.state.nodes["speed"] * run.state.nodes["slots"]).sum())
    assert run.summary()["utilisation"] == pytest.approx(offered.work(run) / capacity, rel=0.03)


def test_an_action_changes_what_the_laws_say():
    """Twenty servers more, from the second second on: the load is bearable, whatever the Config says."""
    actions = [{"at_ns": S, "kind": "add_server", "target": "", "params": {"speed": 20.0}}]
    assert simulate(scenario(config(BEYOND, TEN, "power_of_two"), 200, 0, actions), 1)["stable"] is True
    assert simulate(scenario(config(BEYOND, TEN, "power_of_two"), 200), 1)["stable"] is False


def test_a_judge_that_knew_no_shedding_would_be_wrong(monkeypatch):
    """The bad twin: without its exceptions it calls a system that sheds, and answers in time, unstable."""
    options = config(BEYOND, [{"count": 10, "queue_limit": 5}], "power_of_two")
    assert simulate(scenario(options, 300), 1)["stable"] is True
    monkeypatch.setattr(offered, "_adapts", lambda config: False)
    monkeypatch.setattr(offered, "TURNED_AWAY", slice(0, 0))
    assert simulate(scenario(options, 300), 1)["stable"] is False
