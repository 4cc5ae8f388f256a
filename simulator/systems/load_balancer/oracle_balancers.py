"""The differential oracle's balancers: the model of fronts.py and caching.py written a second time."""

from bisect import bisect_left
from collections import OrderedDict
from types import SimpleNamespace

from simulator.engine.chance import below, key, uniform
from simulator.engine.clock import MS, NEVER, S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.fronting import popularity
from simulator.systems.load_balancer.fronts import BALANCER_FROM
from simulator.systems.load_balancer.layout import DROPPED, LOST, OK, SHARES
from simulator.systems.load_balancer.oracle_attempts import Attempt
from simulator.systems.load_balancer.oracle_upstream import Line


class Front:
    """One balancer, as far as it does more than choose."""

    def __init__(self, kind, sources: int):
        self.sources, self.kind, self.state, self.epoch, self.announced = sources, kind, "up", 0, True
        self.made = self.dropped = self.lookups = self.hits = self.filled = self.failover_timer = 0
        self.tokens = {name: rate * SHARES + least for name, rate, least in self.ceilings}
        self.forget()

    def forget(self) -> None:
        """All that it knew is lost."""
        self.inside = self.entries = 0
        self.links: dict[int, SimpleNamespace] = {}
        self.cached: OrderedDict[int, int] = OrderedDict()  # from the oldest to the newest: when each expires
        self.cores = [0] * getattr(self.kind, "cores", 0)
        self.flying: list[Attempt] = []
        self.lines: dict[int, Line] = {}

    @property
    def pending(self) -> int:
        """How many attempts wait for a connection."""
        return sum(len(line.waiting) for line in self.lines.values())

    @property
    def ceilings(self) -> list[tuple]:
        """(name, rate, what one takes) of each token bucket."""
        if self.kind.name != "hardware":
            return []
        return [("packets", self.kind.packets_per_s or 0.0, self.kind.packets_per_request),
                ("connections", self.kind.connections_per_s or 0.0, 1.0),
                ("handshakes", self.kind.handshakes_per_s or 0.0, 1.0)]


class Fronting:
    """What balancers do besides choosing. A part of the Oracle."""

    def _make_fronts(self, config, seed: int, inputs: dict) -> None:
        kind, self._cache = config.balancers.kind, config.balancers.cache
        sources = config.sources.population if kind.name != "ideal" else 0
        self.fronts = [Front(kind, sources) for _ in range(config.balancers.count)]
        self._front_kind = kind
        self._keep_alive = laws.whole(kind.keep_alive_s * S) if kind.name != "ideal" else 0
        self._forward = laws.whole(getattr(kind, "forward_ms", 0.0) * MS)
        self._table = getattr(kind, "table", None)
        self._transfer = self._answer_work = 0
        if kind.name == "layer_7":
            share = 1.0 if kind.compression_ms is None else kind.compressed_to
            self._transfer = laws.whole(kind.transfer_ms * share * MS)
            self._answer_work = laws.whole((kind.compression_ms or 0.0) * MS)
        self._keys_key, self._popular = key(seed, "keys"), []
        self._asked = laws.recorded_keys(config, inputs).tolist()
        if self._cache.on and self._cache.keys.law == "zipf":
            self._popular = popularity(config).tolist()

    # The way in

    def _reach(self, _push: int, attempt: Attempt) -> None:
        if not self._awaited(attempt):
            return self._release(attempt)
        front = self.fronts[attempt.balancer]
        attempt.epoch = front.epoch if self._is_own(attempt) else attempt.of.epoch
        if self._is_lost(attempt):
            return self._at_once(attempt, LOST)
        work = 0
        if self._front_kind.name == "layer_7":
            work = laws.whole(self._front_kind.request_ms * MS)
        if self._is_own(attempt):
            new = self._is_new(front, attempt.source)
            if not self._admitted(front, new):
                front.dropped += 1
                return self._at_once(attempt, DROPPED)
            if self._front_kind.name == "layer_7":
                work += laws.whole(self._front_kind.authentication_ms * MS) + new * laws.whole(self._front_kind.handshake_ms * MS)
            self._connect(front, attempt, new)
        front.inside += 1
        self._until(attempt, self._work_done(front, work) + self._forward, self._come_out)

    def _is_own(self, attempt: Attempt) -> bool:
        return attempt.of is attempt or self._at_client

    def _is_lost(self, attempt: Attempt) -> bool:
        front = self.fronts[attempt.balancer]
        return front.state == "down" or attempt.epoch != front.epoch

    def _until(self, attempt: Attempt, time: int, then) -> None:
        if time == self.now_ns:
            return then(0, attempt)
        self._at(time, self._next_sequence(), then, attempt)

    def _work_done(self, front: Front, work: int) -> int:
        if not work or not front.cores:
            return self.now_ns
        core = front.cores.index(min(front.cores))
        front.cores[core] = max(self.now_ns, front.cores[core]) + work
        return front.cores[core]

    def _come_out(self, _push: int, attempt: Attempt) -> None:
        front = self.fronts[attempt.balancer]
        front.inside -= attempt.epoch == front.epoch
        if not self._awaited(attempt):
            return self._release(attempt)
        if self._is_lost(attempt):
            return self._at_once(attempt, LOST)
        if self._is_own(attempt) and self._is_hit(front, attempt):
            attempt.answer = OK
            return self._until(attempt, self.now_ns + self._transfer, self._passed)
        self._balance(0, attempt)

    def _at_once(self, attempt: Attempt, answer: int) -> None:
        attempt.answer = answer
        if self._several and not self._at_client:
            attempt.try_timer = 0
            attempt.of.gathered = answer
            self._settle(attempt.of)
        self._travel(attempt, "client_back", "done", self._receive)

    # Connections

    def _is_new(self, front: Front, source: int) -> bool:
        link = front.links.get(source)
        return link is None or self.now_ns - link.last > self._keep_alive

    def _admitted(self, front: Front, new: bool) -> bool:
        if new and self._table is not None and front.entries >= self._table:
            return False
        passed, front.filled = (self.now_ns - front.filled) / S, self.now_ns
        for name, rate, least in front.ceilings:
            front.tokens[name] = min(rate * SHARES + least, front.tokens[name] + passed * rate)
        wanted = [(name, rate, least) for name, rate, least in front.ceilings if new or name == "packets"]
        if any(rate > 0 and front.tokens[name] < least for name, rate, least in wanted):
            return False
        for name, _, least in wanted:
            front.tokens[name] -= least
        return True

    def _connect(self, front: Front, attempt: Attempt, new: bool) -> None:
        front.made += new
        if attempt.source >= front.sources:
            if self._table is not None:
                front.entries += 1
                attempt.entry = True
            return
        if not new:
            front.links[attempt.source].last = self.now_ns
            return
        link = front.links[attempt.source] = SimpleNamespace(last=self.now_ns, server=None, timer=0)
        if self._table is not None:
            front.entries += 1
            link.timer = self._later(self.now_ns + self._keep_alive, self._idle, (front, attempt.source))

    def _idle(self, push: int, what: tuple) -> None:
        front, source = what
        link = front.links.get(source)
        if link is None or link.timer != push:
            return
        if link.last + self._keep_alive > self.now_ns:
            link.timer = self._later(link.last + self._keep_alive, self._idle, what)
        else:
            del front.links[source]
            front.entries -= 1

    def _disconnect(self, attempt: Attempt) -> None:
        front = self.fronts[attempt.balancer]
        if attempt.entry and attempt.epoch == front.epoch:
            front.entries -= 1

    def _pinned(self, attempt: Attempt, eligible: list[int]) -> int | None:
        link = self.fronts[attempt.balancer].links.get(attempt.source)
        pins = self._front_kind.name in ("layer_4", "hardware") and attempt.attempt == 0
        return link.server if pins and link is not None and link.server in eligible else None

    def _pin(self, attempt: Attempt) -> None:
        link = self.fronts[attempt.balancer].links.get(attempt.source)
        if link is not None:
            link.server = attempt.server

    # The cache, and the way back

    def _key_of(self, k: int) -> int | None:
        keys = self._cache.keys
        if keys.law == "recorded":
            return self._asked[k] if k < len(self._asked) else None
        if keys.law == "uniform":
            return below(self._keys_key, k, keys.count)
        return min(bisect_left(self._popular, uniform(self._keys_key, k) * self._popular[-1]), keys.count - 1)

    def _is_hit(self, front: Front, attempt: Attempt) -> bool:
        wanted = self._key_of(attempt.k) if self._cache.on else None
        if wanted is None:
            return False
        front.lookups += 1
        if wanted not in front.cached:
            return False
        if front.cached[wanted] <= self.now_ns:
            del front.cached[wanted]
            return False
        if self._cache.refresh:
            front.cached[wanted] = self._expires
        if self._cache.evict == "lru":
            front.cached.move_to_end(wanted)
        front.hits += 1
        return True

    @property
    def _expires(self) -> int:
        return NEVER if self._cache.ttl_s is None else self.now_ns + laws.whole(self._cache.ttl_s * S)

    def _keep_answer(self, front: Front, attempt: Attempt) -> None:
        wanted = self._key_of(attempt.k) if self._cache.on else None
        if wanted is None:
            return
        if wanted in front.cached:
            front.cached[wanted] = self._expires
            if self._cache.evict == "lru":
                front.cached.move_to_end(wanted)
            return
        if len(front.cached) == self._cache.capacity:
            front.cached.popitem(last=False)
        front.cached[wanted] = self._expires

    def _come_back(self, attempt: Attempt) -> None:
        if self._is_lost(attempt):
            return self._at_once(attempt, LOST)
        if not self._at_client:
            attempt.try_timer = 0
        front, time = self.fronts[attempt.balancer], self.now_ns + self._forward
        if attempt.answer == OK:
            self._keep_answer(front, attempt)
            time = self._work_done(front, self._answer_work) + self._forward + self._transfer
        self._until(attempt, time, self._passed) if time > self.now_ns else self._pass_on(attempt)

    def _passed(self, _push: int, attempt: Attempt) -> None:
        if not self._awaited(attempt):
            return self._release(attempt)
        if self._is_lost(attempt):
            return self._at_once(attempt, LOST)
        self._pass_on(attempt)

    # Crashes

    def _crash_balancer(self, index: int) -> None:
        b = index - BALANCER_FROM
        front, kind = self.fronts[b], self._front_kind
        front.state = "down"
        standby = getattr(kind, "standby", False)
        if not (standby and kind.mirrored):
            for attempt in front.flying:
                attempt.in_flight = False
            lines = front.lines
            front.forget()
            front.epoch += 1
            self._lose_pending(lines)
            self.in_flight[b] = [0] * len(self.servers)
            self.memory[b] = 0.0
            self._shared[b] = [0.0] * len(self._shared[b])
        self._announce_later(front)
        if standby:
            self._announce_later(front, laws.whole(kind.failover_s * S))
            front.failover_timer = self._later(self.now_ns + laws.whole(kind.failover_s * S), self._fail_over, front)

    def _fail_over(self, push: int, front: Front) -> None:
        if front.failover_timer == push:
            front.failover_timer, front.state = 0, "up"

    def _restart_balancer(self, index: int) -> None:
        front = self.fronts[index - BALANCER_FROM]
        front.state, front.failover_timer = "up", 0
        self._announce_later(front)
