"""Simulated time: whole nanoseconds from 0, as an int.

A Run lasts at most 90 simulated days, so that a JavaScript number holds any time exactly.
"""

US = 1_000
MS = 1_000_000
S = 1_000_000_000

MAX_NS = 90 * 24 * 3600 * S
"""The longest Run, in nanoseconds (below 2**53)."""

NEVER = 2**63 - 1
"""Later than any event: the time of what is not scheduled."""


def ns_from_ms(ms: float) -> int:
    """Whole nanoseconds nearest to `ms` milliseconds (ties to even, as `round` does)."""
    return round(ms * MS)


def ns_from_s(seconds: float) -> int:
    """Whole nanoseconds nearest to `seconds`."""
    return round(seconds * S)


def text_s(at_ns: int) -> str:
    """`at_ns` as a person reads it, in seconds: 4_210_000_000 -> '4.21 s'."""
    whole, rest = divmod(at_ns, S)
    fraction = f"{rest:09d}".rstrip("0")
    return f"{whole}.{fraction} s" if fraction else f"{whole} s"
