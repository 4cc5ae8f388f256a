"""The strategies one by one, and that a file is all it takes to have one more."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from simulator.engine import chance
from simulator.engine.clock import MS, S
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.layout import empty_strategy_memory
from simulator.systems.load_balancer.strategies import strategies
from tests.systems.load_balancer.twins import balancer, do, requests

ROOT = Path(__file__).resolve().parents[3]


class Picker:
    """A strategy outside a run: `pick` with counts of its own."""

    def __init__(self, name: str, servers: int, **options):
        self.strategy = strategies()[name]
        self.params = [float(value) for value in self.strategy.params(self.strategy.config(**options))]
        self.in_flight, self.weight = np.zeros(servers, np.int64), np.ones(servers)
        memory, shared, self.truth = empty_strategy_memory(servers)
        self.memory, self.shared, self.table = memory[0], shared[0], []
        self.k = 0

    def __call__(self, eligible=None, now_ns: int = 0) -> int:
        eligible = list(range(len(self.in_flight))) if eligible is None else eligible
        self.k += 1
        return self.strategy.pick(self.k, now_ns, self.k, eligible, len(eligible), self.in_flight, self.weight, self.truth,
                                  self.table, self.memory, self.shared, self.params, chance.key(1, "strategy"))


def test_every_file_is_a_strategy_with_a_title_a_text_and_a_config():
    files = {file.stem for file in (ROOT / "simulator/systems/load_balancer/strategies").glob("*.py")} - {"__init__"}
    assert set(strategies()) == files == {
        "random", "round_robin", "smooth_weighted_round_robin", "least_connections", "weighted_least_connections",
        "power_of_two", "least_request", "least_response_time", "peak_ewma", "join_idle_queue", "prequal",
        "client_side_weighted_round_robin", "source_hash", "ring_hash", "bounded_ring_hash", "rendezvous", "maglev",
        "sticky_cookie", "first", "least_work_left"}
    for name, strategy in strategies().items():
        assert strategy.title and strategy.description
        schema = Config.model_json_schema()["$defs"][strategy.config.__name__]
        assert (schema["title"], schema["family"], schema["description"]) == (strategy.title, strategy.family, strategy.description)
        assert strategy.family != "Other"
        assert schema["properties"]["name"]["const"] == name
        assert len(strategy.params(strategy.config())) <= 16


ADDED = '''
"""Leftmost: always the first server that may be chosen."""
from typing import Literal
from simulator.parts.options import Option
from simulator.systems.load_balancer.strategies import strategy

class Leftmost(Option):
    name: Literal["leftmost"] = "leftmost"

@strategy(config=Leftmost, title="Leftmost", description="Always the first one.", source="")
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    return servers[0]
'''
RUN_IT = '''
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer import build
from simulator.engine.simulation import plan
run = build(Config.model_validate({"strategy": {"name": "leftmost"}}), 1, plan(10**9), {}, {})
run.advance(10**9)
print([server["sent"] > 0 for server in run.summary()["servers"]].index(False))
'''


def test_a_new_file_is_a_new_strategy(tmp_path):
    for floor in ("engine", "parts", "judges", "systems"):  # with what is compiled already
        shutil.copytree(ROOT / "simulator" / floor, tmp_path / "simulator" / floor)
    (tmp_path / "simulator/systems/load_balancer/strategies/leftmost.py").write_text(ADDED)
    done = subprocess.run([sys.executable, "-c", RUN_IT], cwd=tmp_path, capture_output=True, text=True, check=False,
                          env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert (done.stdout.strip(), done.stderr) == ("1", "")


def test_random_takes_every_server_equally_often():
    pick = Picker("random", 7)
    counts = Counter(pick() for _ in range(7000))
    assert set(counts) == set(range(7)) and max(counts.values()) - min(counts.values()) < 200


def test_round_robin_goes_round_whoever_may_be_chosen():
    pick = Picker("round_robin", 5)
    assert [pick() for _ in range(7)] == [0, 1, 2, 3, 4, 0, 1]
    assert [pick([0, 3]) for _ in range(3)] == [3, 0, 3]
    assert [pick() for _ in range(3)] == [4, 0, 1]
    assert pick([4]) == pick([4]) == 4


@pytest.mark.parametrize(("tie", "expected"), [("lowest", [1, 1, 1, 1]), ("rotating", [1, 3, 4, 1])])
def test_least_connections_breaks_ties_as_told(tie, expected):
    pick = Picker("least_connections", 5, tie=tie)
    pick.in_flight[:] = [2, 1, 3, 1, 1]
    assert [pick() for _ in range(4)] == expected
    assert pick([0, 2]) == 0


def test_least_connections_with_random_ties_takes_equals_equally_often():
    pick = Picker("least_connections", 6, tie="random")
    pick.in_flight[:] = [2, 1, 3, 1, 1, 9]
    counts = Counter(pick() for _ in range(3000))
    assert set(counts) == {1, 3, 4} and min(counts.values()) > 900
    assert pick([2, 5]) == 2


@pytest.mark.parametrize("choices", [1, 2, 3, 6, 16])
def test_choices_without_replacement_are_different_and_all_alike(choices):
    """With in_flight = index the smallest of d different of n wins: P(min >= i) = C(n - i, d) / C(n, d)."""
    from math import comb
    n = 6
    pick = Picker("power_of_two", n, choices=choices)
    pick.in_flight[:] = range(n)
    d, draws = min(choices, n), 6000
    counts = Counter(pick() for _ in range(draws))
    for i in range(n):
        expected = (comb(n - i, d) - comb(n - i - 1, d)) / comb(n, d)
        assert counts[i] / draws == pytest.approx(expected, abs=0.025)


def test_two_choices_with_replacement_may_be_the_same_server():
    pick = Picker("power_of_two", 2, replacement=True)
    pick.in_flight[:] = [0, 5]
    assert Counter(pick() for _ in range(4000))[1] / 4000 == pytest.approx(0.25, abs=0.03)


def test_equal_choices_are_equally_likely_wherever_they_stand():
    pick = Picker("power_of_two", 5)
    counts = Counter(pick() for _ in range(10_000))
    assert max(counts.values()) - min(counts.values()) < 300


def test_peak_ewma_believes_a_slow_answer_at_once_and_forgets_it_slowly():
    pick = Picker("peak_ewma", 2, decay_ms=100)
    observe = pick.strategy.observe
    observe(0, 0, 10 * MS, 1, pick.in_flight, pick.truth, pick.memory, pick.shared, pick.params)
    observe(1, 0, 50 * MS, 1, pick.in_flight, pick.truth, pick.memory, pick.shared, pick.params)
    assert pick() == 0 and pick.memory[:, 0].tolist() == [10 * MS, 50 * MS]
    observe(0, 0, 90 * MS, 1, pick.in_flight, pick.truth, pick.memory, pick.shared, pick.params)  # a peak
    assert pick() == 1
    observe(0, 100 * MS, 10 * MS, 1, pick.in_flight, pick.truth, pick.memory, pick.shared, pick.params)  # one decay time later
    assert pick.memory[0, 0] == pytest.approx((90 * chance.exp(-1) + 10 * (1 - chance.exp(-1))) * MS)


def test_peak_ewma_multiplies_by_the_requests_there_would_be():
    pick = Picker("peak_ewma", 2)
    pick.memory[:, 0] = [10, 25]
    pick.in_flight[:] = [1, 0]
    assert pick() == 0  # 10 x 2 against 25 x 1
    pick.in_flight[:] = [2, 0]
    assert pick() == 1
    pick.memory[:, 0] = [0, 1e12]
    pick.in_flight[:] = [1, 3]
    assert pick() == 1  # a busy server that has never answered gets no second request


def test_a_slow_server_gets_less_where_the_strategy_looks():
    share = {}
    for name in strategies():
        options = {"arrivals": {"law": "poisson", "rate_per_s": 500}, "strategy": {"name": name}}
        run = balancer(options, 20 * S)
        do(run, 0, "slow", "server-3", factor=5)
        run.advance(20 * S)
        share[name] = Counter(one["server"] for one in requests(run))[3] / len(requests(run))
    assert share["random"] > 0.03 and share["round_robin"] > 0.03  # what it could finish; the rest waits there
    assert max(share["least_connections"], share["power_of_two"], share["peak_ewma"]) < 0.05
