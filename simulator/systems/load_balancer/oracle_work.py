"""The differential oracle's work: arrivals, clients that think, classes, attacks, parts of requests. sending.py written a second time."""

from types import SimpleNamespace

from simulator.engine.action import ActionRefused
from simulator.engine.chance import key
from simulator.engine.clock import MS, NEVER, S
from simulator.systems.load_balancer import laws, work
from simulator.systems.load_balancer.actions import CLOSED_RATE
from simulator.systems.load_balancer.balancing import source_of
from simulator.systems.load_balancer.layout import FIRST_ATTACK, IN_SYSTEM, OK
from simulator.systems.load_balancer.oracle_attempts import Attempt
from simulator.systems.load_balancer.rate_curve import cumulated, expected_until, reached_at


class Sending:
    """Who sends what. A part of the Oracle."""

    def _read_work(self, config, seed: int) -> None:
        self._arrivals = laws.arrival_law(config.arrivals, self._keys["arrivals"])
        self._curve = cumulated(config.arrivals) if config.arrivals.law == "curve" else None
        self._clients = config.arrivals.clients if config.arrivals.law == "closed" else 0
        if self._clients:
            self._rules.think, self._rules.think_key = config.arrivals.think_ms * MS, key(seed, "think")
            self._rules.think_law = ("exponential", "constant").index(config.arrivals.think)
        self._rules.class_key, self._rules.classes = key(seed, "class"), len(config.classes)
        self._kinds, shares = [], 0.0
        whole = sum(one.share for one in config.classes)
        for one in config.classes:
            shares += one.share
            self._kinds.append(SimpleNamespace(until=shares / whole, demand=one.demand, priority=one.priority, group=one.group))
        self._attacks = [SimpleNamespace(
            start=laws.whole(one.start_s * S), end=laws.whole((one.start_s + one.length_s) * S), gap=S / one.rate_per_s,
            key=key(seed, f"attack/{index}"), sources=one.sources, config=one) for index, one in enumerate(config.attacks)]
        self._fan_out = config.fan_out
        self._next_k, self._nominal, self._drawn, self._carry = 0, 0, 0, 0.0
        self._base = self._base_nominal = self._struck = 0
        self._base_expected, self._factor = 0.0, 1.0

    def _begin(self) -> None:
        self._draw_arrival()
        for client in range(self._clients):
            self._think(client, work.FIRST_THOUGHTS + client)
        for index, attack in enumerate(self._attacks):
            self._strike_later(index, 0, attack.start)

    # Arrivals

    def _draw_arrival(self) -> None:
        law, parameters = self._arrivals
        gap = laws.gap(law, parameters, self._recorded, self._keys["arrivals"], self._next_k)
        exact = gap + self._carry
        ns = laws.whole(exact)
        self._carry = exact - ns
        self._drawn += ns
        self._nominal = NEVER if gap == laws.NO_MORE else self._drawn
        self._schedule_arrival()

    def _schedule_arrival(self) -> None:
        sequence, self._arrival = self._next_sequence(), 0
        if self._nominal == NEVER or self._factor == 0.0:
            return
        passed = self._nominal - self._base_nominal
        if self._curve:
            time = reached_at(*self._curve, self._base_expected + passed / (self._factor * 1e9))
            if time >= 0.0:
                self._arrival = self._at(max(self.now_ns, laws.whole(time)), sequence, self._send, None)
            return
        passed = passed if self._factor == 1.0 else laws.whole(passed / self._factor)
        self._arrival = self._at(self._base + passed, sequence, self._send, None)

    def _send(self, push: int, _request) -> None:
        if push == self._arrival:
            self._send_next(source_of(self._rules, self._next_k))

    def _send_next(self, source: int) -> None:
        law, parameters = self._service
        demand = laws.demand(law, parameters, self._recorded, self._keys["service"], self._next_k)
        request = self._made(self._next_k, source, demand)
        self._next_k += 1
        self._draw_arrival()
        self._set_out(request)

    def _made(self, k: int, source: int, demand: float) -> Attempt:
        request = Attempt(k, self.now_ns, demand, source)
        request.balancer, request.pending = self._found_balancer(request), self._fan_out
        attack = k >> FIRST_ATTACK
        if attack:
            request.kind = max(len(self._kinds), 1) + attack - 1
            one = self._attacks[attack - 1].config
            request.priority, request.demand = one.priority, demand * one.demand
        elif self._kinds:
            request.kind = work.class_of(self._rules, self._kinds, k)
            one = self._kinds[request.kind]
            request.priority, request.demand, request.group = one.priority, demand * one.demand, one.group
        if self._retries.bucket is not None and self._several:
            self._fill_bucket(self._retries.bucket)
        if self._at_client:
            self._watch(request)
        return request

    def _set_out(self, request: Attempt) -> None:
        if self._timeout is not None:
            self._at(self.now_ns + self._timeout, self._next_sequence(), self._give_up, request)
        self._travel(request, "client_out", "at_balancer", self._reach)

    def _do_rate(self, _index: int, factor: float) -> None:
        if self._clients:
            raise ActionRefused("kind", CLOSED_RATE)
        if self._curve:
            expected = expected_until(*self._curve, float(self.now_ns))
            self._base_nominal += laws.whole((expected - self._base_expected) * self._factor * S)
            self._base_expected = expected
        else:
            self._base_nominal += laws.whole((self.now_ns - self._base) * self._factor)
        self._base_nominal = min(self._base_nominal, self._nominal)
        self._base, self._factor = self.now_ns, factor
        self._schedule_arrival()

    # Clients that think

    def _think(self, client: int, k: int) -> None:
        self._at(self.now_ns + work.think_time(self._rules, k), self._next_sequence(), self._thought, client)

    def _thought(self, _push: int, client: int) -> None:
        self._send_next(client)

    # Attacks

    def _strike_later(self, index: int, j: int, since: int) -> None:
        attack = self._attacks[index]
        time = since + work.strike_gap(attack, j)
        if time < attack.end:
            self._at(time, self._next_sequence(), self._strike, (index, j))

    def _strike(self, _push: int, which: tuple[int, int]) -> None:
        index, j = which
        law, parameters = self._service
        k = ((index + 1) << FIRST_ATTACK) + j
        demand = work.demand_apart(law, parameters, self._recorded, self._keys["service"], k, 0)
        request = self._made(k, work.strike_source(self._attacks[index], index, j), demand)
        self._struck += 1
        self._strike_later(index, j + 1, self.now_ns)
        self._set_out(request)

    # Parts of a request

    def _one_more_part(self, request: Attempt) -> None:
        law, parameters = self._service
        part = Attempt(request.k, self.now_ns, 0.0, request.source, request)
        part.attempt, part.balancer, part.at_balancer = request.made, request.balancer, self.now_ns
        part.kind, part.priority, part.group = request.kind, request.priority, request.group
        part.demand = work.demand_apart(law, parameters, self._recorded, self._keys["service"], request.k, part.attempt)
        if request.k >> FIRST_ATTACK:
            part.demand *= self._attacks[(request.k >> FIRST_ATTACK) - 1].config.demand
        elif self._kinds:
            part.demand *= self._kinds[request.kind].demand
        request.made += 1
        request.open += 1
        request.attempts.append(part)
        self._at(self.now_ns, self._next_sequence(), self._reach, part)

    def _gather(self, request: Attempt, answer: int) -> bool:
        request.pending -= 1
        if request.gathered in (IN_SYSTEM, OK):
            request.gathered = answer
        if request.pending > 0:
            return True
        self._settle(request)
        return False
