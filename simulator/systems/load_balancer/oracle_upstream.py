"""The differential oracle's ways to a balancer and from it to servers: finding.py and upstream.py written a second time."""

from collections import deque
from heapq import heappush

from simulator.engine.chance import below
from simulator.engine.clock import S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.balancing import balancer_of
from simulator.systems.load_balancer.layout import LOST


class Line:
    """The connections of a balancer to a server."""

    def __init__(self):
        self.used, self.waiting = 0, deque()


class Upstream:
    """How clients find a balancer, and balancers reach servers. A part of the Oracle."""

    def _read_upstream(self, balancers) -> None:
        self._placement = balancers.placement
        self._lookup_ttl, self._noticed_after = laws.whole(balancers.ttl_s * S), laws.whole(balancers.notice_s * S)
        self._resolved: dict[int, tuple[int, int]] = {}
        self._connections, self._pending = getattr(balancers.kind, "connections", None), getattr(balancers.kind, "pending", None)

    # To the balancer

    def _found_balancer(self, attempt) -> int:
        if self._placement not in ("dns", "anycast"):
            return balancer_of(self._rules, attempt)
        there = [b for b, front in enumerate(self.fronts) if front.announced]
        if self._placement == "anycast":
            first = below(self._rules.placement_key, attempt.source, len(self.fronts))
            return next((b for b in [*range(first, len(self.fronts)), *range(first)] if b in there), first)
        known, until = self._resolved.get(attempt.source, (0, 0))
        if self.now_ns < until:
            return known
        there = there or list(range(len(self.fronts)))
        told = there[below(self._rules.placement_key, attempt.draws, len(there))]
        if attempt.source < self._rules.population:
            self._resolved[attempt.source] = told, self.now_ns + self._lookup_ttl
        return told

    def _announce_later(self, front, after_ns: int = 0) -> None:
        if self._placement in ("dns", "anycast"):
            heappush(self._noticing, (self.now_ns + after_ns + self._noticed_after, self._next_push(), self._announce, front))

    def _announce(self, front) -> None:
        front.announced = front.state == "up"

    # To the servers

    def _has_room(self, b: int, server: int) -> bool:
        if self._connections is None or self._line(b, server).used < self._connections:
            return True
        return self._pending is None or self.fronts[b].pending < self._pending

    def _line(self, b: int, server: int) -> Line:
        return self.fronts[b].lines.setdefault(server, Line())

    def _take_connection(self, attempt) -> None:
        if self._connections is not None:
            line = self._line(attempt.balancer, attempt.server)
            if line.used >= self._connections:
                return line.waiting.append(attempt)
            attempt.connected = True
            line.used += 1
        self._travel(attempt, "server_out", "at_server", self._join)

    def _give_back(self, attempt) -> None:
        attempt.connected = False
        if attempt.epoch != self.fronts[attempt.balancer].epoch:
            return
        line = self._line(attempt.balancer, attempt.server)
        if not line.waiting:
            line.used -= 1
            return
        first = line.waiting.popleft()
        first.connected = True
        self._at(self.now_ns, self._next_sequence(), self._leave_line, first)

    def _leave_line(self, _push: int, attempt) -> None:
        if self._awaited(attempt) and not self._is_lost(attempt):
            return self._travel(attempt, "server_out", "at_server", self._join)
        if attempt.connected:
            self._give_back(attempt)
        if self._awaited(attempt):
            return self._at_once(attempt, LOST)
        self._release(attempt)

    def _lose_pending(self, lines: dict[int, Line]) -> None:
        for _server, line in sorted(lines.items()):
            for attempt in line.waiting:
                self._at(self.now_ns, self._next_sequence(), self._leave_line, attempt)
