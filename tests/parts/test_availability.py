"""k of n, and how many nines."""

import pytest

from simulator.parts.availability import at_least, nines, steady


def test_k_of_n_are_up_as_often_as_the_binomial_law_says():
    assert at_least(2, 3, 0.99) == pytest.approx(0.999702, abs=5e-13)
    assert at_least(3, 5, 0.99) == pytest.approx(0.99999015, abs=5e-9)
    assert at_least(1, 1, 0.99) == 0.99
    assert at_least(0, 4, 0.5) == 1.0 and at_least(5, 4, 0.5) == 0


def test_redundancy_pays_only_where_one_is_up_more_often_than_not():
    assert at_least(2, 3, 0.5) == 0.5
    assert at_least(2, 3, 0.4) < 0.4 < 0.6 < at_least(2, 3, 0.6)


def test_nines_and_the_share_of_the_time():
    assert steady(99, 1) == 0.99
    assert nines(0.99) == pytest.approx(2) and nines(0.99999) == pytest.approx(5)
    assert nines(1.0) is None and nines(0.0) is None and nines(None) is None
