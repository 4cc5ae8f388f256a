"""Reads times as people and machines write them, exactly, into whole nanoseconds.

A time without a zone is read as UTC. Digits beyond the nanosecond are rounded, half to even.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal, InvalidOperation

UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
"""Nanoseconds in each unit that a column of plain numbers can have."""

MOST_NS = 2**62
"""Times from this on (the year 2116) are refused: they are wrong, and int64 must hold differences."""

_EXACT = Context(prec=100, traps=[InvalidOperation])
_LONGEST = 64
_MINUTE_NS = 60_000_000_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)? ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?", re.ASCII)
_LOG = re.compile(r"\[?(\d\d/[A-Z][a-z][a-z]/\d{4}):(\d\d:\d\d):(\d\d)()(?: ([+-]\d{4}))?\]?", re.ASCII)


class NotATime(ValueError):
    """The text is no time, or no number, of the kind asked for."""


def reader(unit: str) -> Callable[[str], int]:
    """The function from a text to ns (since 1970, or since whatever the column counts from).

    unit: "s", "ms", "us" or "ns" for plain numbers; "iso" for ISO 8601 and for the times of
    access logs, [17/May/2015:10:05:03 +0000]. The function raises NotATime.
    """
    return DateReader() if unit == "iso" else _number_reader(UNITS[unit])


def guess_unit(texts: list[str]) -> str | None:
    """The unit that suits all of `texts`, empty ones aside; None where none does.

    Plain numbers are told apart by their size: those below 4e9 are seconds (1970 to 2096, or an
    offset), those below 4e12 milliseconds, below 4e15 microseconds, and beyond that nanoseconds.
    """
    texts = [text for text in texts if text.strip()]
    if not texts:
        return None
    if all(_can(reader("iso"), text) for text in texts):
        return "iso"
    if not all(_can(lambda text: scaled(text, 1), text) for text in texts):
        return None
    largest = max(abs(scaled(text, 1)) for text in texts)
    return next((unit for unit, most in (("s", 4e9), ("ms", 4e12), ("us", 4e15)) if largest < most), "ns")


def usual_unit(texts: list[str]) -> str | None:
    """The unit that suits most of `texts`, empty ones aside, where some may be damaged; None where none does."""
    units = [guess_unit([text]) for text in texts if text.strip()]
    best = max(dict.fromkeys(units), key=units.count, default=None)
    fitting = [text for text in texts if text.strip() and guess_unit([text]) == best]
    return guess_unit(fitting) if best and len(fitting) * 2 > len(units) else None


def scaled(text: str, scale: int | Decimal) -> int:
    """The decimal number in `text` times `scale`, to the nearest whole number (half to even)."""
    if len(text) > _LONGEST or "_" in text or not text.isascii():
        raise NotATime(text)
    try:
        number = _EXACT.create_decimal(text.strip())
    except InvalidOperation:
        raise NotATime(text) from None
    if not number.is_finite() or number.adjusted() > 30:
        raise NotATime(text)
    return int(_EXACT.multiply(number, Decimal(scale)).to_integral_value(context=_EXACT))


def _number_reader(scale: int) -> Callable[[str], int]:
    """Reads decimal numbers, each times `scale`, exactly."""

    def read(text: str) -> int:
        plain = len(text) <= 20 and text.isdigit() and text.isascii()
        ns = int(text) * scale if plain else scaled(text, scale)
        if not -MOST_NS < ns < MOST_NS:
            raise NotATime(text)
        return ns

    return read


class DateReader:
    """Reads dates with times of day. Remembers the minutes it has seen: logs dwell on them."""

    def __init__(self):
        self._minutes = {}

    def __call__(self, text: str) -> int:
        """ns since 1970-01-01T00:00:00Z."""
        found = _ISO.fullmatch(text) or _LOG.fullmatch(text)
        if not found:
            return self._bare(text)
        day, clock, second, fraction, zone = found.groups()
        start = self._minutes.get((day, clock, zone))
        if start is None:
            start = self._remember(day, clock, zone, text)
        if second is None:
            return start
        if second > "59":
            raise NotATime(text)
        ns = start + int(second) * 1_000_000_000
        return ns + _fraction_ns(fraction) if fraction else ns

    def _remember(self, day: str, clock: str, zone: str | None, text: str) -> int:
        start = (_day(day, text) * 1440 + _minutes(clock, text) - _zone_minutes(zone, text)) * _MINUTE_NS
        if not -MOST_NS < start < MOST_NS:
            raise NotATime(text)
        if len(self._minutes) > 10_000:
            self._minutes.clear()
        self._minutes[day, clock, zone] = start
        return start

    def _bare(self, text: str) -> int:
        """Once more without the spaces and quotes around it."""
        bare = text.strip().strip("\"'")
        if bare == text or len(text) > _LONGEST:
            raise NotATime(text)
        return self(bare)


def _day(text: str, whole: str) -> int:
    """Days since 1970-01-01 of 2015-05-17 or 17/May/2015."""
    first, second, third = re.split("[-/]", text)
    year, month, day = (third, _MONTHS.get(second, 0), first) if "/" in text else (first, second, third)
    try:
        return date(int(year), int(month), int(day)).toordinal() - _EPOCH_DAY
    except ValueError:
        raise NotATime(whole) from None


def _minutes(clock: str, whole: str) -> int:
    hour, minute = clock.split(":")
    if hour > "23" or minute > "59":
        raise NotATime(whole)
    return int(hour) * 60 + int(minute)


def _zone_minutes(zone: str | None, whole: str) -> int:
    if zone is None or zone in ("Z", "z", "UTC"):
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 18 or minutes > 59:
        raise NotATime(whole)
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def _fraction_ns(fraction: str) -> int:
    if len(fraction) <= 9:
        return int(fraction) * 10 ** (9 - len(fraction))
    return scaled(f"0.{fraction}", 1_000_000_000)


def _can(read: Callable[[str], int], text: str) -> bool:
    try:
        read(text)
    except NotATime:
        return False
    return True
