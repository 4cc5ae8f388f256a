"""How often enough of several are up, where each fails and is repaired for itself."""

from math import comb

from simulator.engine.chance import log


def steady(mtbf: float, mttr: float) -> float:
    """The share of the time in which one is up that works for `mtbf` on average and is then repaired for `mttr`."""
    return mtbf / (mtbf + mttr)


def at_least(k: int, n: int, p: float) -> float:
    """The chance that at least `k` of `n` are up, each with probability `p`, independently: k of n are enough."""
    return sum(comb(n, count) * p**count * (1 - p) ** (n - count) for count in range(max(0, k), n + 1))


def nines(availability: float | None) -> float | None:
    """How many nines: .99 is 2, .999 is 3; None where nothing failed, or all did."""
    if availability is None or not 0 < availability < 1:
        return None
    return -log(1 - availability) / log(10)
