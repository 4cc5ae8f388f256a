"""Paired differences, Holm's rule and the knee, each against numbers worked out by other means."""

import numpy as np
import pytest

from simulator.judges.knee import load
from simulator.judges.paired import difference, differences, holm
from simulator.judges.statistics import student_t


def test_a_paired_difference_by_hand():
    """Student's sleep data (Biometrika 6, 1908): 10 patients, two drugs; t = 4.0621, p = 0.002833."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = difference(first, second)
    assert (found.mean, found.count) == (pytest.approx(1.58), 10)
    assert found.p == pytest.approx(0.002833, abs=1e-6)
    assert found.half == pytest.approx(1.58 / 4.0621 * student_t(0.975, 9), rel=1e-4)


def test_several_at_once_are_each_by_itself():
    numbers = np.random.default_rng(1).normal(size=(5, 12))
    for row, found in enumerate(differences(numbers[:-1], numbers[1:])):
        assert found == difference(numbers[row], numbers[row + 1])


def test_equal_numbers_are_no_difference_and_a_constant_one_is_certain():
    assert difference([1.0, 2.0], [1.0, 2.0]).p == 1.0
    assert difference([1.0, 2.0], [2.0, 3.0]).p == 0.0


def test_the_p_of_nothing_is_even():
    """Where there is no difference, P is below 5 % in 5 % of all cases."""
    numbers = np.random.default_rng(2).normal(size=(2, 4000, 8))
    share = np.mean([found.p < 0.05 for found in differences(*numbers)])
    assert 0.04 < share < 0.06


@pytest.mark.parametrize(("ps", "meant"), [
    ([0.01, 0.04, 0.03, 0.005], [True, False, False, True]),  # Holm's own steps: .0125, .0167, .025, .05
    ([0.04, 0.04], [False, False]), ([0.025, 0.05], [True, True]), ([0.05], [True]), ([0.051], [False]), ([], []),
])
def test_holm(ps, meant):
    assert holm(ps) == meant


def test_holm_keeps_the_family_right():
    """Ten comparisons without any difference: at least one is called significant in at most 5 % of all cases."""
    ps = np.random.default_rng(3).uniform(size=(4000, 10))
    assert 0.035 < np.mean([any(holm(row)) for row in ps]) < 0.06


def test_the_knee_of_mm1_is_at_half_of_its_capacity():
    """Kleinrock 1979: throughput / mean time in system, rho (1 - rho), is largest at 1/2."""
    loads = [0.1 * step for step in range(1, 12)]
    found = load([rho < 1 for rho in loads], loads, [1 / (1 - rho) if rho < 1 else None for rho in loads])
    assert loads[found.knee] == pytest.approx(0.5) and not found.knee_open
    assert loads[found.largest] == pytest.approx(0.9) and not found.open
    assert found.powers[4] == pytest.approx(0.25) and found.powers[-1] is None


def test_a_load_that_is_served_after_one_that_is_not_does_not_count():
    found = load([True, False, True], [1, 1, 5], [1, None, 1])
    assert (found.largest, found.open, found.knee, found.knee_open) == (0, False, 0, True)


def test_no_load_is_served():
    found = load([False, False], [1, 2], [None, None])
    assert (found.largest, found.open, found.knee, found.knee_open) == (None, False, None, False)


def test_all_are_served():
    found = load([True, True], [1, 2], [1, 1])
    assert (found.largest, found.open, found.knee, found.knee_open) == (1, True, 1, True)
