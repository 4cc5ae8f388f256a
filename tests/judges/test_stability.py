"""The stability judge: seldom wrong about queues that can be served, seldom blind to those that cannot."""

import numpy as np
import pytest

from simulator.judges import stability
from simulator.judges.stability import judge
from tests.judges.queues import bursty, changing, farm, single


def share_unstable(make, seeds, mean_service=1.0):
    """The share of runs called unstable, and the codes seen."""
    verdicts = [judge(*make(seed), mean_service) for seed in range(seeds)]
    codes = {verdict.code for verdict in verdicts}
    return sum(not verdict.stable for verdict in verdicts) / seeds, codes


@pytest.mark.parametrize(("span", "seeds"), [(100, 1000), (1000, 1500), (6000, 1000), (20000, 300)])
def test_a_queue_at_95_percent_of_its_capacity_is_not_called_unstable(span, seeds):
    """The judge promises at most one false alarm in 5,000."""
    share, _ = share_unstable(lambda seed: single(seed, 0.95, span), seeds)
    assert share * seeds <= 1


@pytest.mark.parametrize("law", ["deterministic", "erlang", "hyperexponential", "pareto"])
@pytest.mark.parametrize("rho", [0.5, 0.8, 0.95])
def test_no_service_law_raises_a_false_alarm(law, rho):
    share, _ = share_unstable(lambda seed: single(seed, rho, 3000, law), 150)
    assert share <= 0.007


@pytest.mark.parametrize(("rho", "span", "at_least"), [
    (1.05, 6_000, 0.75), (1.05, 12_000, 0.95), (1.05, 20_000, 1.0), (1.1, 6_000, 1.0), (1.3, 2_000, 1.0), (2.0, 300, 1.0),
])
def test_a_queue_beyond_its_capacity_is_called_unstable(rho, span, at_least):
    share, codes = share_unstable(lambda seed: single(seed, rho, span), 120)
    assert share >= at_least
    assert codes <= {"served", "overload"}


@pytest.mark.parametrize("strategy", ["random", "round_robin"])
@pytest.mark.parametrize("span", [600, 6000])
def test_one_slow_server_of_ten_is_named_under_strategies_that_do_not_look(strategy, span):
    speeds = [1.0] * 3 + [0.2] + [1.0] * 6
    for seed in range(30):
        verdict = judge(*farm(seed, 0.6, span, 10, strategy, speeds), 1.0 / np.array(speeds))
        assert (verdict.stable, verdict.code, verdict.server) == (False, "one_server", 3)
        assert "server-3" in verdict.sentence


def test_one_slow_server_of_ten_does_no_harm_to_a_strategy_that_looks():
    speeds = [1.0] * 9 + [0.2]
    share, _ = share_unstable(lambda seed: farm(seed, 0.6, 600, 10, "shortest", speeds), 40)
    assert share == 0.0


@pytest.mark.parametrize("strategy", ["random", "round_robin", "shortest"])
def test_ten_servers_at_95_percent_are_served(strategy):
    share, _ = share_unstable(lambda seed: farm(seed, 0.95, 600, 10, strategy), 40 if strategy == "shortest" else 200)
    assert share <= 0.005


@pytest.mark.parametrize(("strategy", "rho", "span"), [("random", 1.05, 6000), ("round_robin", 1.05, 6000), ("shortest", 1.2, 600)])
def test_ten_servers_beyond_their_capacity_are_overloaded(strategy, rho, span):
    share, codes = share_unstable(lambda seed: farm(seed, rho, span, 10, strategy), 20 if strategy == "shortest" else 30)
    assert share == 1.0
    assert codes == {"overload"}


def test_a_crash_that_is_mended_is_not_instability():
    """Half the capacity is gone for a fifth of the run; the queue that built up drains, or has begun to."""
    mended = [(0.0, 1.0), (1800.0, 0.5), (3000.0, 1.0)]
    share, _ = share_unstable(lambda seed: changing(seed, 0.8, 6000, mended), 150)
    assert share == 0.0
    still_draining = [(0.0, 1.0), (3600.0, 0.5), (4800.0, 1.0)]
    share, _ = share_unstable(lambda seed: changing(seed, 0.8, 6000, still_draining), 150)
    assert share == 0.0


def test_a_crash_that_is_never_mended_is_instability():
    share, _ = share_unstable(lambda seed: changing(seed, 0.8, 6000, [(0.0, 1.0), (3600.0, 0.5)]), 100)
    assert share == 1.0


def test_bursts_that_average_out_are_served():
    """Loads of 20 % and 140 % take turns: each crest looks like overload, the whole does not."""
    for stay, span in [(5.0, 6000), (20.0, 600), (100.0, 6000)]:
        share, _ = share_unstable(
            lambda seed: single(seed, 0.8, span, arrivals=lambda rng: bursty(rng, 0.2, 1.4, stay, span)), 120)
        assert share <= 0.005


def test_a_bounded_queue_is_stable_however_great_the_load():
    times, backlog = single(1, 3.0, 1000)
    assert judge(times, np.minimum(backlog, 20), 1.0).stable


def test_servers_can_come_late_and_names_can_be_given():
    """A server added in the middle has zeros before; it is not mistaken for one that falls behind."""
    times, backlog = farm(5, 0.7, 2000, 4, "random")
    backlog[:500, 3] = 0
    assert judge(times, backlog, 1.0).stable
    times, backlog = farm(5, 0.6, 2000, 3, "random", [1.0, 0.1, 1.0])
    assert judge(times, backlog, 1.0, names=["a", "b", "c"]).params == {"server": "b"}


def test_nothing_to_judge_is_not_unstable():
    assert judge(np.arange(5), np.zeros((5, 2)), 1.0).code == "too_short"
    assert judge(np.arange(1000), np.zeros((1000, 0)), 1.0).code == "too_short"
    assert judge(np.arange(1000), np.zeros((1000, 2)), 1.0).code == "served"


def test_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match="backlog must be"):
        judge(np.arange(10), np.zeros((9, 2)), 1.0)


def test_a_judge_without_one_of_its_conditions_would_fail_here(monkeypatch):
    """Broken twins: with a condition taken away, the false alarms that it prevents appear."""
    def wave(seed):
        return changing(seed, 0.8, 2000, [(0.0, 1.6), (500.0, 0.4), (1000.0, 1.6), (1500.0, 0.4)])

    assert share_unstable(wave, 50)[0] == 0.0
    monkeypatch.setattr(stability, "_deepest_fall", lambda levels: np.zeros(levels.shape[1]))
    assert share_unstable(wave, 50)[0] > 0.7
    monkeypatch.undo()
    monkeypatch.setattr(stability, "_deviations", lambda tail, samples: 0.01)
    assert share_unstable(lambda seed: single(seed, 0.95, 1000), 300)[0] > 0.005
