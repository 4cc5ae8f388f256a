"""Numbers against published or exactly known values."""

import numpy as np
import pytest

from simulator.judges.statistics import jain, mean_interval, mser5, student_t, student_t_tail

# Two-sided 95 % and friends; closed forms for 1 and 2 degrees of freedom, tables for the rest.
QUANTILES = [
    (0.975, 1, 12.706204736432095), (0.995, 1, 63.65674116287399), (0.95, 2, 2.919985580355516),
    (0.975, 2, 4.302652729911275), (0.975, 4, 2.7764451051977987), (0.975, 5, 2.5705818366147395),
    (0.9995, 5, 6.868826625881), (0.975, 9, 2.2621571628540993), (0.995, 10, 3.1692726726169500),
    (0.975, 19, 2.093024054408263), (0.975, 29, 2.045229642132703), (0.975, 30, 2.0422724563012373),
    (0.9, 100, 1.2900747613465700), (0.975, 1e6, 1.959966366),
]


@pytest.mark.parametrize(("probability", "freedom", "truth"), QUANTILES)
def test_student_quantiles(probability, freedom, truth):
    print(f"t({probability}, {freedom}) = {student_t(probability, freedom)!r}, truth {truth!r}")
    assert student_t(probability, freedom) == pytest.approx(truth, rel=1e-6)
    assert student_t(1.0 - probability, freedom) == pytest.approx(-truth, rel=1e-6)


def test_student_at_two_degrees_has_a_closed_form():
    for tail in (1e-8, 1e-5, 0.001, 0.1, 0.3, 0.49):
        truth = (1.0 - 2.0 * tail) / np.sqrt(2.0 * tail * (1.0 - tail))
        assert student_t(1.0 - tail, 2) == pytest.approx(truth, rel=1e-6)
        assert student_t_tail(truth, 2) == pytest.approx(tail, rel=1e-9)
    assert student_t(0.5, 7) == 0.0


@pytest.mark.parametrize(("probability", "freedom"), [(0.0, 5), (1.0, 5), (1.5, 5), (0.9, 0), (0.9, -1)])
def test_student_refuses_what_has_no_answer(probability, freedom):
    with pytest.raises(ValueError, match="must"):
        student_t(probability, freedom)


def test_mser5_vector():
    """The vector that every implementation is held to."""
    i = np.arange(2000)
    samples = 10.0 * np.exp(-i / 50.0) + 0.5 * np.sin(0.7 * i) + 0.3 * np.sin(1.3 * i)
    start = mser5(samples)
    print(f"truncate at {start}, mean {samples[start:].mean():.6f}, raw {samples.mean():.6f}")
    assert start == 185
    assert samples[start:].mean() == pytest.approx(0.006579, abs=5e-7)
    assert samples.mean() == pytest.approx(0.252963, abs=5e-7)


def test_mser5_keeps_all_of_a_level_series_and_survives_a_great_offset():
    assert mser5(np.ones(100)) == 0
    i = np.arange(2000)
    samples = 10.0 * np.exp(-i / 50.0) + 0.5 * np.sin(0.7 * i) + 0.3 * np.sin(1.3 * i)
    assert mser5(samples + 1e6) == 185
    with pytest.raises(ValueError, match="10 samples"):
        mser5([1.0] * 9)


def test_mean_interval_by_hand():
    interval = mean_interval([1.0, 2.0, 3.0, 4.0])
    assert interval.mean == 2.5
    assert interval.half == pytest.approx(3.182446305284263 * np.sqrt(5.0 / 3.0) / 2.0)
    assert (interval.low, interval.high) == (interval.mean - interval.half, interval.mean + interval.half)
    assert "2.5 ± 2.05 (95%, n = 4)" == str(interval)


def test_mean_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = [abs(i.mean - 7.0) <= i.half for i in (mean_interval(rng.normal(7.0, 3.0, 10)) for _ in range(2000))]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_mean_interval_refuses_one_sample_and_odd_confidences():
    with pytest.raises(ValueError, match="2 samples"):
        mean_interval([1.0])
    with pytest.raises(ValueError, match="confidence"):
        mean_interval([1.0, 2.0], 1.0)


def test_jain():
    assert jain([3.0, 3.0, 3.0]) == 1.0
    assert jain([1.0, 0.0, 0.0, 0.0]) == 0.25
    assert jain([1.0, 2.0, 3.0]) == pytest.approx(36.0 / 42.0)
    assert jain([1e-300, 1e-300]) == 1.0
    assert jain([0.0, 0.0]) == 1.0
    with pytest.raises(ValueError, match="share"):
        jain([])
    with pytest.raises(ValueError, match="share"):
        jain([1.0, -1.0])
