"""What only the servers know, as the differential oracle keeps it: truth.py written a second time."""

import numpy as np

from simulator.engine.clock import NEVER
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.oracle_attempts import Attempt
from simulator.systems.load_balancer.strategies import BUSY_UNTIL, LOAD, NOTES, SLOTS, TRUTH_COLUMNS, WORKED, WORKED_AT


class Knowing:
    """The servers' own knowledge. A part of the Oracle."""

    def _know_new_server(self) -> None:
        server, row = self.servers[len(self.truth)], np.zeros((1, TRUTH_COLUMNS))
        row[0, SLOTS] = server.slots
        server.until = [0] * server.slots
        self.truth = np.concatenate([self.truth, row])

    def _note_arrival(self, request: Attempt) -> None:
        if not self._strategy.truthful:
            return
        self._note_work(request.server)
        self.truth[request.server, LOAD] += 1.0
        request.load = int(self.truth[request.server, LOAD])
        server = self.servers[request.server]
        base = 0 if server.state == "paused" else self._earliest(server)
        self._work(server, [max(base, server.until[0]) + laws.whole(request.demand * server.stretch), *server.until[1:]])

    def _note_departure(self, request: Attempt, answer: int) -> None:
        if self._strategy.truthful:
            self._note_work(request.server)
            self.truth[request.server, LOAD] -= 1.0
            if request.start < 0:
                self._take_back(self.servers[request.server], request)
            self._strategy.served(request.server, self.now_ns, self.now_ns - request.at_server, request.load, answer, self.truth,
                                  self.memory, self._params, self._keys["strategy"])

    def _take_back(self, server, request: Attempt) -> None:
        if server.state in ("up", "draining", "paused"):
            base = 0 if server.state == "paused" else self._earliest(server)
            *others, latest = server.until
            self._work(server, [*others, max(base, latest - laws.whole(request.demand * server.stretch))])

    def _note_work(self, index: int) -> None:
        row = self.truth[index]
        row[WORKED] += (self.now_ns - row[WORKED_AT]) * min(row[LOAD], row[SLOTS])
        row[WORKED_AT] = self.now_ns

    def _earliest(self, server) -> int:
        return max(self.now_ns, server.stopped_until)

    def _work(self, server, until: list[int]) -> None:
        """When each slot of a server will have done its work, from now on; while it is paused, what is left of it."""
        if self._strategy.truthful:
            server.until = sorted(min(time, int(laws.LONGEST)) for time in until)
            there = server.state in ("up", "draining")
            self.truth[server.index, BUSY_UNTIL] = max(self._earliest(server), server.until[0]) if there else NEVER

    def _stretch_work(self, server, ratio: float) -> None:
        if server.state == "paused":
            return self._work(server, [laws.whole(left * ratio) for left in server.until])
        base = self._earliest(server)
        self._work(server, [base + laws.whole((time - base) * ratio) if time > base else time for time in server.until])

    def _put_off_work(self, server, length: int) -> None:
        self._work(server, [time + length if time > self.now_ns else time for time in server.until])

    def _forget_notes(self, server) -> None:
        self.truth[server.index, NOTES:] = 0.0
        self._work(server, [0] * server.slots)
