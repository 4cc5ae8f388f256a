"""What cannot be linearized at a glance: two values that would both have to be there at one time.

Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 26(4), 1997, section 4.2. The operations on one value that
one operation only brought about are a cluster. The value is there from before the first end of any of them until after the
last begin; where that end comes before that begin, it must be there all the time between (a forward zone), else at some
time between that begin and that end at the latest (a backward zone). Forward zones must not overlap, nor must one
hold a backward zone. For reads and writes of values that are written once nothing else can be wrong; a compare-and-set
belongs to the cluster that it ends and to the one that it begins.
"""

from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

from simulator.judges.consistency.specification import CAS, CASFAIL, READ, WRITE, Register, Step

ALWAYS = -1


class Zone(NamedTuple):
    """first: the first end, last: the last begin in a cluster. shown: the steps whose they are, and who wrote the value."""

    first: int
    last: int
    shown: tuple[Step, ...]


def contradiction(register: Register, steps: list[Step]) -> list[Step] | None:
    """A few steps that cannot be ordered; None where that is not plain to see."""
    if any(step.kind not in (READ, WRITE, CAS, CASFAIL) for step in steps):
        return None
    zones = _zones(register, steps)
    if isinstance(zones, Step):
        return [zones]
    forward = sorted(zone for zone in zones if zone.first < zone.last)
    for one, other in zip(forward, forward[1:], strict=False):
        if other.first < one.last:
            return _together(one, other)
    firsts = [zone.first for zone in forward]
    for zone in zones:
        place = bisect_left(firsts, zone.last) - 1
        if zone.last < zone.first and place >= 0 and forward[place].last > zone.first:
            return _together(forward[place], zone)
    return None


def _zones(register: Register, steps: list[Step]) -> list[Zone] | Step:
    """The zones of all clusters, or a read of what nobody wrote or had begun to write."""
    makers = Counter([register.initial])
    maker: dict[int, Step] = {}
    for step in steps:
        if step.kind in (WRITE, CAS):
            made = step.b if step.kind == CAS else step.a
            makers[made] += 1
            maker[made] = step
    clusters: dict[int, list[Step]] = {}
    for step in steps:
        if step.kind in (READ, CAS) and step.needed:
            if makers[step.a] == 0 or makers[step.a] == 1 and step.a in maker and maker[step.a].begins > step.ends:
                return step
            clusters.setdefault(step.a, []).append(step)
    for made, step in maker.items():
        if step.needed:
            clusters.setdefault(made, [])
    return [_zone(readers, maker.get(state)) for state, readers in clusters.items() if makers[state] == 1]


def _zone(readers: list[Step], writer: Step | None) -> Zone:
    """writer: None where the value was there at first."""
    inside = [*readers, *([writer] if writer else [])]
    ending = [step for step in inside if step.ends is not None]
    first = min(ending, key=lambda step: step.ends)
    last = max(inside, key=lambda step: step.begins)
    return Zone(first.ends if writer else ALWAYS, last.begins, (first, last, *([writer] if writer else [])))


def _together(one: Zone, other: Zone) -> list[Step]:
    return list({step.id: step for step in (*one.shown, *other.shown) if step.needed}.values())
