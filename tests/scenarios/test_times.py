"""Times are read exactly: no float ever stands between the text and the nanoseconds."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenarios.recordings.times import MOST_NS, NotATime, guess_unit, reader, scaled

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ns_of(moment: datetime) -> int:
    """Whole ns since 1970 (a datetime has microseconds)."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


@pytest.mark.parametrize(("text", "ns"), [
    ("2023-11-16 18:15:46.6805900", 1700158546_680590000),
    ("2023-11-16T18:15:46.6805900Z", 1700158546_680590000),
    ("2023-11-16T19:15:46,68059+01:00", 1700158546_680590000),
    ("2023-11-16T13:15:46.68059-0500", 1700158546_680590000),
    ("2023-11-16 18:15:46.123456789", 1700158546_123456789),
    ("2023-11-16 18:15:46.1234567895", 1700158546_123456790),
    ("2023-11-16 18:15:46.9999999999", 1700158547_000000000),
    ("2023-11-16 18:15", 1700158500_000000000),
    (' "2023-11-16 18:15:46" ', 1700158546_000000000),
    ("2023-11-16T18:15:46 UTC", 1700158546_000000000),
    ("[17/May/2015:10:05:03 +0000]", 1431857103_000000000),
    ("17/May/2015:10:05:03 +0200", 1431849903_000000000),
    ("1969-12-31 23:59:59.5Z", -500000000),
])
def test_dates_with_times_of_day(text, ns):
    assert reader("iso")(text) == ns


@pytest.mark.parametrize(("unit", "text", "ns"), [
    ("s", "1700158546.680590000", 1700158546_680590000), ("s", "0.07949090003967285", 79490900),
    ("s", "12", 12_000000000), ("s", "-1.5", -1_500000000), ("s", "1.5e3", 1500_000000000),
    ("ms", "1700158546680.59", 1700158546_680590000), ("us", "1700158546680590", 1700158546_680590000),
    ("ns", "1700158546680590001", 1700158546_680590001), ("s", "0.0000000005", 0), ("s", "0.0000000015", 2),
])
def test_plain_numbers(unit, text, ns):
    assert reader(unit)(text) == ns


@pytest.mark.parametrize(("unit", "text"), [
    ("iso", ""), ("iso", "yesterday"), ("iso", "2023-13-01 00:00:00"), ("iso", "2023-02-30 00:00:00"),
    ("iso", "2023-01-01 24:00:00"), ("iso", "2023-01-01 10:60:00"), ("iso", "2023-01-01 10:00:60"),
    ("iso", "17/Foo/2015:10:05:03 +0000"), ("iso", "2023-01-01 10:00:00+99:00"), ("iso", "9999-01-01 10:00:00"),
    ("iso", "2023-01-01 10:00:00." + "1" * 100), ("iso", "２０２３-01-01 10:00:00"), ("iso", "0000-01-01 10:00:00"),
    ("s", ""), ("s", "nan"), ("s", "inf"), ("s", "1e999999999"), ("s", "1_000"), ("s", "0x10"), ("s", "１２"),
    ("s", "9" * 30), ("ns", str(MOST_NS)), ("s", "9" * 1000), ("s", "12 s"), ("s", "²"),
])
def test_what_is_no_time_is_refused(unit, text):
    with pytest.raises(NotATime):
        reader(unit)(text)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2110, 1, 1)), st.integers(-14 * 60, 14 * 60), st.sampled_from("T "))
@settings(max_examples=300, deadline=None)
def test_any_moment_in_any_zone_is_read_back(moment, zone_minutes, middle):
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=zone_minutes)))
    assert reader("iso")(aware.isoformat(sep=middle)) == ns_of(aware)


@given(st.integers(-MOST_NS + 1, MOST_NS - 1))
@settings(max_examples=300, deadline=None)
def test_any_number_of_ns_is_read_back_in_every_unit(ns):
    sign, whole = ("-" if ns < 0 else ""), abs(ns)
    assert reader("ns")(str(ns)) == ns
    for unit, digits in (("us", 3), ("ms", 6), ("s", 9)):
        text = f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
        assert reader(unit)(text) == ns


@given(st.decimals(0, 10**9, allow_nan=False, places=12), st.integers(1, 10**9))
@settings(max_examples=300, deadline=None)
def test_scaling_rounds_the_exact_product_half_to_even(number, scale):
    assert scaled(str(number), scale) == round(Fraction(number) * scale)


@given(st.text(max_size=80))
@settings(max_examples=500, deadline=None)
def test_any_text_is_a_time_or_is_refused(text):
    for unit in ("iso", "s", "ms", "us", "ns"):
        try:
            assert abs(reader(unit)(text)) <= MOST_NS + 60 * 10**9
        except NotATime:
            continue


@pytest.mark.parametrize(("texts", "unit"), [
    (["1700158546", "1700158547.5"], "s"), (["1700158546680"], "ms"), (["1700158546680590"], "us"),
    (["1700158546680590000"], "ns"), (["0", "0.5", ""], "s"), (["2023-11-16 18:15:46"], "iso"),
    (["17/May/2015:10:05:03 +0000"], "iso"), (["a"], None), (["", " "], None), ([], None), (["1", "x"], None),
])
def test_the_unit_is_guessed_from_form_and_size(texts, unit):
    assert guess_unit(texts) == unit
