"""The differential oracle's second, third, ... attempts: the model of attempts.py written a second time."""

from types import SimpleNamespace

from simulator.engine.chance import key, uniform
from simulator.engine.clock import MS
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.layout import ATTEMPT_DRAWS, FIRST_ATTACK, IN_SYSTEM, LOST, OK, OUTCOMES, TIMED_OUT


class Attempt:
    """One attempt of a request; attempt 0 is the request itself. Times are ns, -1 until they are known."""

    def __init__(self, k: int, sent: int, demand: float, source: int, of: "Attempt | None" = None):
        self.k, self.sent, self.demand, self.source = k, sent, demand, source
        self.at_balancer = self.at_server = self.start = self.depart = self.back = self.done = -1
        self.server, self.outcome, self.answer, self.balancer = -1, IN_SYSTEM, IN_SYSTEM, 0
        self.in_flight = self.given_up = self.is_retry = False
        self.left = self.load = self.priority = self.order = 0
        self.finish = 0.0
        self.kind = 0
        self.group = None  # the only one whose servers may serve it
        self.picked, self.epoch, self.entry, self.connected = -1, 0, False, False
        self.sequence = self.push = 0  # of its departure
        self.try_timer = self.cancel = 0
        self.cancelled = False
        self.of, self.attempt = of or self, 0
        # of a request:
        self.attempts = [self]
        self.made = self.pending = self.open = 1
        self.settled = False
        self.gathered = IN_SYSTEM
        self.retry_timer = self.hedge_timer = 0

    @property
    def draws(self) -> int:
        """The number under which it draws."""
        return self.k + (self.attempt << ATTEMPT_DRAWS)


class Trying:
    """Whoever tries: waits for attempts, tries again, hedges. A part of the Oracle."""

    def _read_rules(self, config, seed: int) -> None:
        retries, hedging = config.retries, config.hedging
        self._rules = SimpleNamespace(
            balancers=config.balancers.count, placement=("in_turn", "at_random", "by_source", "dns", "anycast").index(config.balancers.placement),
            population=config.sources.population, skew=config.sources.skew, source_key=key(seed, "source"),
            placement_key=key(seed, "placement"))
        self._tries, self._at_client = 1 + retries.retries, retries.retrier == "client" and config.fan_out == 1
        self._try_timeout = None if retries.try_timeout_ms is None else laws.whole(retries.try_timeout_ms * MS)
        self._hedges = 0 if hedging.after_ms is None else hedging.hedges
        self._hedge_after = 0 if hedging.after_ms is None else laws.whole(hedging.after_ms * MS)
        self._retries, self._retrying, self._backoff_key = retries, 0, key(seed, "backoff")

    @property
    def _several(self) -> bool:
        return self._tries > 1 or self._try_timeout is not None or self._hedges > 0 or self._fan_out > 1

    def _watch(self, attempt: Attempt) -> None:
        if self._try_timeout is not None:
            attempt.try_timer = self._later(self.now_ns + self._try_timeout, self._run_out, attempt)
        if attempt.attempt == 0 and self._hedges > 0:
            attempt.hedge_timer = self._later(self.now_ns + self._hedge_after, self._hedge, attempt)

    def _later(self, time: int, happen, attempt: Attempt) -> int:
        return self._at(time, self._next_sequence(), happen, attempt)

    def _awaited(self, attempt: Attempt) -> bool:
        settled = attempt.of.settled and not self._at_client
        return attempt.of.outcome == IN_SYSTEM and not settled and not attempt.given_up

    def _goes_on(self, attempt: Attempt, answer: int) -> bool:
        request = attempt.of
        attempt.try_timer = 0
        if self._fan_out > 1:
            return self._gather(request, answer)
        request.pending -= 1
        if answer != OK and request.pending > 0:
            return True
        if answer != OK and request.made < self._tries and OUTCOMES[answer] in self._retries.retry_on:
            if self._within_budget():
                self._try_later(request)
                return True
        if answer == OK and self._cancels != "never":
            self._cancel_others(attempt)
        self._settle(request)
        return False

    def _within_budget(self) -> bool:
        budget, most = self._retries.budget, self._breakers.max_retries
        in_system = self._next_k + self._struck - sum(self.totals)
        if budget is not None:
            return self._retrying < max(self._retries.concurrent_at_least, budget * in_system) and self._withdraw()
        return (most is None or self._retrying < most) and self._withdraw()

    def _try_later(self, request: Attempt) -> None:
        longest = min((2.0**request.made - 1.0) * laws.whole(self._retries.backoff_ms * MS),
                      laws.whole(self._retries.backoff_most_ms * MS))
        wait = laws.whole(longest * uniform(self._backoff_key, request.k + (request.made << ATTEMPT_DRAWS)))
        request.pending, request.open, request.hedge_timer = request.pending + 1, request.open + 1, 0
        self._retrying += 1
        request.retry_timer = self._later(self.now_ns + wait, self._retry, request)

    def _settle(self, request: Attempt) -> None:
        request.settled, request.hedge_timer = True, 0
        if request.retry_timer:
            request.retry_timer = 0
            request.open -= 1
            self._retrying -= 1

    def _retry(self, push: int, request: Attempt) -> None:
        if push == request.retry_timer:
            request.retry_timer = 0
            self._another_attempt(request, is_retry=True)

    def _hedge(self, push: int, request: Attempt) -> None:
        if push != request.hedge_timer:
            return
        request.hedge_timer = 0
        request.pending, request.open = request.pending + 1, request.open + 1
        if request.made < self._hedges:
            request.hedge_timer = self._later(self.now_ns + self._hedge_after, self._hedge, request)
        self._another_attempt(request, is_retry=False)

    def _another_attempt(self, request: Attempt, is_retry: bool) -> None:
        attempt = Attempt(request.k, self.now_ns, request.demand, request.source, request)
        attempt.attempt, attempt.is_retry, attempt.balancer = request.made, is_retry, request.balancer
        attempt.kind, attempt.priority, attempt.group = request.kind, request.priority, request.group
        request.made += 1
        request.attempts.append(attempt)
        if not self._at_client:
            attempt.at_balancer = self.now_ns
            return self._reach(0, attempt)
        attempt.balancer = self._found_balancer(attempt)
        self._watch(attempt)
        self._travel(attempt, "client_out", "at_balancer", self._reach)

    def _run_out(self, push: int, attempt: Attempt) -> None:
        if push != attempt.try_timer:
            return
        request, attempt.given_up = attempt.of, True
        if attempt.in_flight:
            self._forget(attempt, TIMED_OUT)
        if request.settled or request.outcome != IN_SYSTEM:
            return
        lost = not self._at_client and self._is_lost(attempt)
        if lost:
            self._settle(request)
        elif self._goes_on(attempt, TIMED_OUT):
            return
        if self._at_client:
            return self._end(request, TIMED_OUT)
        error = Attempt(request.k, -1, 0.0, request.source, request)
        error.attempt, error.answer = -1, LOST if lost else TIMED_OUT
        request.attempts.append(error)
        request.open += 1
        self._travel(error, "client_back", "done", self._receive)

    def _end(self, request: Attempt, outcome: int) -> None:
        request.outcome, request.done = outcome, self.now_ns
        self.totals[outcome] += 1
        self._settle(request)
        if self._clients and request.k >> FIRST_ATTACK == 0:
            self._think(request.source, request.k)

    def _release(self, attempt: Attempt) -> None:
        request = attempt.of
        request.open -= 1
        self._disconnect(attempt)
        attempt.try_timer = attempt.cancel = 0
        self._retrying -= attempt.is_retry
        attempt.is_retry = False
        if attempt is not request:
            attempt.outcome = TIMED_OUT if attempt.given_up else attempt.answer
            request.attempts.remove(attempt)
            self._keep(attempt)
        if request.open == 0:
            self._keep(request)
