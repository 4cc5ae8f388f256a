"""The differential oracle's health checks, outliers, limits and slow starts: the model written a second time."""

from math import sqrt
from types import SimpleNamespace

from simulator.engine.chance import below, exp, key, log, uniform
from simulator.engine.clock import MS, S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.layout import LIMITED, OK, OVERFLOW


def _ns(ms: float | None) -> int | None:
    return None if ms is None else laws.whole(ms * MS)


class Standing:
    """What one balancer thinks of one server."""

    def __init__(self, since: int | None):
        self.down = self.ejected = self.waits = False
        self.passes = self.fails = self.check = self.consecutive = self.ejections = self.ejected_at = 0
        self.right = self.whole = 0
        self.since = since


class Guarding:
    """How balancers protect themselves. A part of the Oracle."""

    def _read_guards(self, config, seed: int) -> None:
        self._health, self._outliers, self._panic = config.health, config.outliers, config.panic_share
        self._slow_start, self._window = config.slow_start, _ns(config.slow_start.window_ms)
        self._breakers, self._limit = config.breakers, config.rate_limit
        self._check_keys = {leg: key(seed, f"check/{leg}") for leg in ("out", "back")}
        balancers = config.balancers.count
        self._standing = [[Standing(None) for _ in self.servers] for _ in range(balancers)]
        self._weights = [[server.speed * server.slots for server in self.servers] for _ in range(balancers)]
        self._tokens = [SimpleNamespace(left=float(self._limit.burst), at=0) for _ in range(balancers)]
        self._bucket = SimpleNamespace(left=float(config.retries.bucket_most), at=0)
        self._watched = 0
        self._routed = any(one.group is not None for one in config.classes)
        self._zones, self._zone_key = config.zones, key(seed, "zone")
        self._cross = _ns(config.zones.cross_ms)

    # Who may be chosen

    def _members(self) -> list[int]:
        return [index for index, server in enumerate(self.servers) if server.state not in ("draining", "removed")]

    def _eligible(self, b: int) -> list[int]:
        members = self._members()
        healthy = [index for index in members if not self._standing[b][index].down and not self._standing[b][index].ejected]
        return members if len(healthy) < self._panic * len(members) else healthy

    def _in_zone(self, b: int, attempt, eligible: list[int]) -> list[int]:
        """Those of the servers to choose from that are in the zone an attempt goes to."""
        zones, members, home = self._zones, self._members(), b % self._zones.count
        healthy = [index for index in members if not self._standing[b][index].down and not self._standing[b][index].ejected]
        local = [index for index in eligible if self.servers[index].zone == home]
        if zones.routing == "any" or self._strategy.build or len(healthy) < self._panic * len(members):
            return eligible
        if not local or local == eligible or (zones.routing == "aware" and len(eligible) < zones.min_cluster_size):
            return eligible
        chosen = home if zones.routing == "local" else self._zone_by_chance(attempt, home, eligible)
        return [index for index in eligible if self.servers[index].zone == chosen] or eligible

    def _zone_by_chance(self, attempt, home: int, eligible: list[int]) -> int:
        count, balancers, number = self._zones.count, len(self._standing), attempt.draws * 64
        servers = [sum(self.servers[index].zone == zone for index in eligible) / len(eligible) for zone in range(count)]
        shares = [len([b for b in range(balancers) if b % count == zone]) / balancers for zone in range(count)]
        if uniform(self._zone_key, number) < min(1.0, servers[home] / shares[home]):
            return home
        spare, cumulated = 0.0, []
        for zone in range(count):
            spare += 0.0 if zone == home else max(0.0, servers[zone] - shares[zone])
            cumulated.append(spare)
        if spare <= 0.0:
            return below(self._zone_key, number + 1, count)
        wanted = uniform(self._zone_key, number + 1) * spare
        return next((zone for zone in range(count) if cumulated[zone] > wanted), count - 1)

    def _further(self, b: int, server: int) -> int:
        return self._cross if self.servers[server].zone != b % self._zones.count else 0

    def _add_standing(self, server) -> None:
        starts = self.now_ns if self._window is not None and self.now_ns > 0 else None
        for standing, weights in zip(self._standing, self._weights, strict=True):
            standing.append(Standing(starts))
            weights.append(server.speed * server.slots)

    # Health checks

    def _begin_watching(self) -> None:
        new, self._watched = range(self._watched, len(self.servers)), len(self.servers)
        balancers = range(len(self._standing))
        if self._outliers.on and new.start == 0:
            for b in balancers:
                self._soon(_ns(self._outliers.interval_ms), self._sweep, b)
        pairs = [(b, server) for b in balancers for server in new] if self._health.on else []
        for i, pair in enumerate(pairs):
            self._soon(_ns(self._health.interval_ms) * (i + 1) // len(pairs), self._check, pair)

    def _soon(self, ns: int, happen, what) -> None:
        self._at(self.now_ns + ns, self._next_sequence(), happen, what)

    def _check_delay(self, leg: str, what: tuple) -> int:
        b, server, number = what
        law, first, second = self._delays[f"server_{leg}"]
        drawn = laws.delay(law, first, second, self._check_keys[leg], number << 16 | b << 10 | server) if law != laws.NO_DELAY else 0
        return drawn + self._further(b, server)

    def _check(self, _push: int, pair: tuple) -> None:
        b, server = pair
        if self.servers[server].state == "removed":
            return
        standing = self._standing[b][server]
        standing.check, standing.waits = standing.check + 1, True
        what = (b, server, standing.check)
        self._soon(_ns(self._health.interval_ms), self._check, pair)
        self._soon(_ns(self._health.timeout_ms), self._check_late, what)
        if self._delays["server_out"][0] == laws.NO_DELAY and self._further(b, server) == 0:
            return self._check_there(0, what)
        self._soon(self._check_delay("out", what), self._check_there, what)

    def _check_there(self, _push: int, what: tuple) -> None:
        server = self.servers[what[1]]
        if server.state in ("up", "draining"):
            stopped = max(0, server.stopped_until - self.now_ns)
            work = laws.whole(_ns(self._health.answer_ms) * server.stretch)
            self._soon(stopped + work + self._check_delay("back", what), self._check_back, what)

    def _check_back(self, _push: int, what: tuple) -> None:
        self._end_check(what, True)

    def _check_late(self, _push: int, what: tuple) -> None:
        self._end_check(what, False)

    def _end_check(self, what: tuple, passed: bool) -> None:
        b, server, number = what
        standing = self._standing[b][server]
        if self.servers[server].state == "removed" or not standing.waits or standing.check != number:
            return
        standing.waits = False
        standing.passes, standing.fails = (standing.passes + 1, 0) if passed else (0, standing.fails + 1)
        if not standing.down and standing.fails >= self._health.fall:
            standing.down = True
        elif standing.down and standing.passes >= self._health.rise:
            self._comes_back(standing)
        if passed and not standing.down and standing.ejected and self._outliers.check_unejects:
            standing.ejected, standing.consecutive = False, 0
        self._build_table()

    def _comes_back(self, standing: Standing) -> None:
        standing.down = False
        if self._window is not None:
            standing.since = self.now_ns

    # Outliers

    def _note_answer(self, b: int, server: int, outcome: int) -> None:
        if not self._outliers.on:
            return
        standing = self._standing[b][server]
        standing.whole += 1
        if outcome == OK:
            standing.right, standing.consecutive = standing.right + 1, 0
            return
        standing.consecutive += 1
        if standing.consecutive == self._outliers.consecutive and not standing.ejected:
            standing.consecutive = 0
            self._eject(b, server)

    def _eject(self, b: int, server: int) -> None:
        members, standing = self._members(), self._standing[b][server]
        ejected = sum(self._standing[b][other].ejected for other in members)
        if server not in members or ejected >= self._outliers.max_ejection_share * len(members):
            return
        standing.ejected, standing.ejected_at = True, self.now_ns
        base = _ns(self._outliers.base_ejection_ms)
        if standing.ejections * base < _ns(self._outliers.max_ejection_ms) + base:
            standing.ejections += 1
        self._build_table()

    def _sweep(self, _push: int, b: int) -> None:
        self._soon(_ns(self._outliers.interval_ms), self._sweep, b)
        for standing in self._standing[b]:
            lasts = min(_ns(self._outliers.max_ejection_ms), _ns(self._outliers.base_ejection_ms) * standing.ejections)
            if not standing.ejected:
                standing.ejections = max(0, standing.ejections - 1)
            elif standing.ejected_at + lasts <= self.now_ns:
                standing.ejected, standing.consecutive = False, 0
        if self._outliers.success_rate:
            self._compare_success(b)
        for standing in self._standing[b]:
            standing.right = standing.whole = 0
        self._build_table()

    def _compare_success(self, b: int) -> None:
        shares = {server: self._standing[b][server].right / self._standing[b][server].whole for server in self._members()
                  if not self._standing[b][server].ejected and self._standing[b][server].whole >= self._outliers.request_volume}
        if len(shares) < self._outliers.minimum_hosts:
            return
        mean, squares = sum(shares.values(), 0.0) / len(shares), 0.0
        for share in shares.values():
            squares += (share - mean) * (share - mean)
        least = mean - self._outliers.stdev_factor * sqrt(squares / len(shares))
        for server, share in shares.items():
            if share < least:
                self._eject(b, server)

    # At the balancer's door

    def _turned_away(self, attempt) -> int:
        """How an attempt ends here, or 0 where it is let through."""
        b = attempt.balancer
        if self._limit.rate_per_s is not None and (attempt is attempt.of or self._at_client):
            tokens = self._tokens[b]
            tokens.left = min(self._limit.burst, tokens.left + (self.now_ns - tokens.at) * (self._limit.rate_per_s / S))
            tokens.at = self.now_ns
            if tokens.left < 1.0:
                return LIMITED
            tokens.left -= 1.0
        if self._breakers.max_requests is not None and sum(self.in_flight[b]) >= self._breakers.max_requests:
            return OVERFLOW
        self._ramp(b)
        return 0

    def _ramp(self, b: int) -> None:
        for index, standing in enumerate(self._standing[b]):
            if standing.since is None:
                continue
            passed, full = self.now_ns - standing.since, self.servers[index].speed * self.servers[index].slots
            share = 1.0
            if passed < self._window:
                share = exp(log(float(max(passed, S)) / self._window) / self._slow_start.aggression)
                share = min(1.0, max(self._slow_start.least_weight, share))
            else:
                standing.since = None
            self._weights[b][index] = full * share

    def _fill_bucket(self, more: float) -> None:
        passed, self._bucket.at = self.now_ns - self._bucket.at, self.now_ns
        self._bucket.left = min(self._retries.bucket_most, self._bucket.left + passed * (self._retries.bucket_rate_per_s / S) + more)

    def _withdraw(self) -> bool:
        """Whether the bucket has a token for a retry, which takes it."""
        if self._retries.bucket is None:
            return True
        self._fill_bucket(0.0)
        if self._bucket.left < 1.0:
            return False
        self._bucket.left -= 1.0
        return True
