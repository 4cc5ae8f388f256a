"""Where a system under rising load is best used, and what it bears.

The knee is where the power is largest: throughput / mean latency (L. Kleinrock, "Power and deterministic rules of thumb
for probabilistic problems in computer communications", ICC 1979). Of M/M/1 that is at half of the capacity.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """Of some loads, rising: places in their list. largest: of the last load up to which all are stable, None where not even
    the first is; open: there was no larger one to try. knee: of the largest power, None where there is none; knee_open: it is
    the last of those that are stable, so that the true one may lie beyond. powers: of each load, None where unstable."""

    largest: int | None
    open: bool
    knee: int | None
    knee_open: bool
    powers: tuple[float | None, ...]


def load(stable: Sequence[bool], throughputs: Sequence[float | None], latencies: Sequence[float | None]) -> Load:
    """Of each load, rising: whether it is served, and what came out."""
    borne = next((place for place, good in enumerate(stable) if not good), len(stable))
    powers = tuple(rate / latency if good and rate is not None and latency else None
                   for good, rate, latency in zip(stable, throughputs, latencies, strict=True))
    known = [(power, -place) for place, power in enumerate(powers[:borne]) if power is not None]
    knee = -max(known)[1] if known else None
    return Load(borne - 1 if borne else None, borne == len(stable), knee, knee is not None and knee == borne - 1, powers)
