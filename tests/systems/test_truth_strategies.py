"""The strategies held to TRUTH.md, "Queues and balancing": their order, and who stands a slow server."""

import numpy as np
import pytest

from simulator.judges.statistics import mean_interval
from simulator.systems.load_balancer.strategies import strategies
from tests.systems.truth import config, latency, replications

MEAN = latency("mean")
ORDER = ("least_work_left", "least_connections", "join_idle_queue", "power_of_two", "round_robin", "random")


def test_the_order_of_mean_times():
    """N = 10, exponential, load 0.8: each step of the order is beyond the noise of paired runs."""
    means = {name: np.array([MEAN(summary) for summary in replications(config(8.0, [{"count": 10}], name), 4_000, 400)]) for name in ORDER}
    print({name: f"{values.mean():.4g}" for name, values in means.items()})
    for better, worse in zip(ORDER, ORDER[1:]):
        assert mean_interval(means[worse] - means[better]).low > 0.0, (better, worse)


@pytest.mark.parametrize(("strategy", "stable"), [
    ("random", False), ("round_robin", False), ("source_hash", True), ("smooth_weighted_round_robin", True), ("power_of_two", True),
    ("peak_ewma", True), ("least_connections", True), ("weighted_least_connections", True), ("least_request", True),
    ("least_work_left", True), ("prequal", True), ("bounded_ring_hash", True), ("rendezvous", True),
])
def test_a_server_that_is_known_to_be_five_times_slower(strategy, stable):
    """One of ten, load 60 % of the total capacity: who knows its weight, or looks at load, can serve that."""
    assert strategy in strategies()
    options = config(0.6 * 9.2, [{"count": 9}, {"count": 1, "speed": 0.2}], strategy)
    for summary in replications(options, 2_000, 200, seeds=(1, 2)):
        assert summary["stable"] is stable, summary["stability"]


@pytest.mark.parametrize(("strategy", "stable"), [
    ("smooth_weighted_round_robin", False), ("rendezvous", False), ("power_of_two", True), ("least_connections", True),
    ("peak_ewma", True), ("least_response_time", True), ("prequal", True), ("join_idle_queue", True), ("client_side_weighted_round_robin", True),
])
def test_a_server_that_turns_five_times_slower(strategy, stable):
    """Weights do not notice; load, latency and reports do."""
    slow = [{"at_ns": 0, "kind": "slow", "target": "server-9", "params": {"factor": 5.0}}]
    for summary in replications(config(0.6 * 9.2, [{"count": 10}], strategy), 2_000, 200, seeds=(1, 2), actions=slow):
        assert summary["stable"] is stable, summary["stability"]
