"""The differential oracle's queues: what waits is started, thrown away or cancelled; queues.py written a second time."""

from simulator.engine.chance import key
from simulator.engine.clock import MS
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.layout import CANCELLED, IN_SYSTEM, SHED
from simulator.systems.load_balancer.oracle_attempts import Attempt
from simulator.systems.load_balancer.oracle_servers import Server


class Queueing:
    """What becomes of what waits. A part of the Oracle."""

    def _read_queues(self, config, seed: int) -> None:
        shedding = config.shedding
        self._shed_after = None if shedding.after_ms is None else laws.whole(shedding.after_ms * MS)
        self._shed_interval = None if shedding.interval_ms is None else laws.whole(shedding.interval_ms * MS)
        self._cancels = config.hedging.cancel if config.retries.retrier == "balancer" and config.fan_out == 1 else "never"
        self._cancel_key = key(seed, "cancel")

    def _start_next(self, server: Server) -> None:
        if not self._is_useless(server):
            return self._start(server, server.take())
        server.reserved += 1
        self._later(self.now_ns, self._shed_next, server)

    def _is_useless(self, server: Server) -> bool:
        request = server.first()
        if request.cancelled or self._shed_after is None:
            return request.cancelled
        controlled = self._shed_interval is not None and self.now_ns - server.waits_since < self._shed_interval
        return self.now_ns - request.at_server > (self._shed_interval if controlled else self._shed_after)

    def _shed_next(self, _push: int, server: Server) -> None:
        server.reserved -= 1
        if not server.queue:
            return
        if not self._is_useless(server):
            return self._start_next(server)
        request = server.take()
        if server.queue:
            self._start_next(server)
        self._leave(request, CANCELLED if request.cancelled else SHED)

    def _cancel_others(self, request: Attempt) -> None:
        law, first, second = self._delays["server_out"]
        for other in (request.of, *reversed(request.of.attempts[1:])):
            if other is not request and other.server >= 0 and other.start < 0 and other.answer == IN_SYSTEM:
                delay = laws.delay(law, first, second, self._cancel_key, other.draws) if law != laws.NO_DELAY else 0
                other.cancel = self._later(self.now_ns + delay, self._cancel, other)

    def _tie(self, request: Attempt) -> None:
        law, first, second = self._delays["server_out"]
        begun = [other for other in request.of.attempts if other.start >= 0 and other.answer == IN_SYSTEM]
        if self._cancels != "on_start" or request is request.of or not begun:
            return
        if law == laws.NO_DELAY:
            request.cancelled = True
        else:
            delay = laws.delay(law, first, second, self._cancel_key, request.draws)
            request.cancel = self._later(self.now_ns + delay, self._cancel, request)

    def _cancel(self, push: int, attempt: Attempt) -> None:
        if push != attempt.cancel or attempt.start >= 0 or attempt.answer != IN_SYSTEM:
            return
        server = self.servers[attempt.server]
        if attempt not in server.queue or server.discipline != "fifo" or server.state == "paused":
            attempt.cancelled = True
            return
        server.queue.remove(attempt)
        self._leave(attempt, CANCELLED)
