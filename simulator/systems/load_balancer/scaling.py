"""The autoscaler: looks every second, decides now and then, as Kubernetes' horizontal one does.

Wanted is the number of servers times (share of busy slots / target), rounded up; servers that are still
starting count as idle when more are wanted. Within `every_s` the number at most doubles, or grows by 4. It
falls only to the largest number wanted within `calm_s`; the newest go first: they drain, and are removed
when their last request has left. Source: Kubernetes 1.31, Horizontal Pod Autoscaling, Algorithm details.
"""

from dataclasses import dataclass
from math import ceil

from simulator.engine.clock import S

EVERY_NS = S
"""How often it looks."""
SURGE, SURGE_FACTOR = 4, 2


@dataclass(frozen=True, slots=True)
class Seen:
    """A server as the autoscaler sees it. busy: of its slots; idle: nothing is left to be answered."""

    index: int
    state: str
    ready: bool
    slots: int
    busy: int
    idle: bool


class Autoscaler:
    """What it has seen and wanted so far. `options`: a Scaling whose maximum is set."""

    def __init__(self, options):
        self._options = options
        self._busy = self._slots = 0
        self._wanted: list[tuple[int, int]] = []
        self._leaving: set[int] = set()

    def look(self, now_ns: int, servers: list[Seen]) -> tuple[int, list[int], list[int]]:
        """(servers to add, servers to drain, servers to remove) at `now_ns`, a multiple of EVERY_NS."""
        removed = [one.index for one in servers if one.index in self._leaving and one.state == "draining" and one.idle]
        there = [one for one in servers if one.state not in ("removed", "draining")]
        ready = [one for one in there if one.ready]
        self._busy += sum(one.busy for one in ready)
        self._slots += sum(one.slots for one in ready)
        if now_ns % round(self._options.every_s * S) != 0:
            return 0, [], removed
        change = self._change(now_ns, there, ready)
        self._busy = self._slots = 0
        drained = [one.index for one in reversed(there)][: max(0, -change)]
        self._leaving.update(drained)
        return max(0, change), drained, removed

    def _change(self, now_ns: int, there: list[Seen], ready: list[Seen]) -> int:
        count, wanted = len(there), self._wish(there, ready)
        wanted = min(wanted, max(SURGE_FACTOR * count, count + SURGE))
        wanted = max(self._options.minimum, min(self._options.maximum, wanted))
        since = now_ns - round(self._options.calm_s * S)
        self._wanted = [(at_ns, number) for at_ns, number in self._wanted if at_ns > since] + [(now_ns, wanted)]
        if wanted >= count:
            return wanted - count
        return min(0, max(number for _, number in self._wanted) - count)

    def _wish(self, there: list[Seen], ready: list[Seen]) -> int:
        if not self._slots:
            return len(there)
        ratio = self._busy / self._slots / self._options.target
        if ratio > 1 + self._options.tolerance:
            ratio *= sum(one.slots for one in ready) / max(1, sum(one.slots for one in there))  # the others count as idle
            return ceil(ratio * len(there)) if ratio > 1 + self._options.tolerance else len(there)
        if ratio < 1 - self._options.tolerance:
            return ceil(ratio * len(ready)) + len(there) - len(ready)
        return len(there)
