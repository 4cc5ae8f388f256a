"""Where the kernel keeps what balancers think of servers, and the rules by which they protect themselves."""

import numpy as np

from simulator.engine.chance import key
from simulator.engine.clock import MS, S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.layout import _record

GUARD = _record(
    "checks check_interval check_timeout rise fall check_answer check_unejects "
    "outliers consecutive sweep base_ejection longest_ejection success_rate minimum_hosts request_volume "
    "slow_start in_flight_most retries_most shed_after shed_interval zones routing zone_least",
    "ejected_share deviations panic_share aggression least_weight rate burst bucket_share bucket_rate bucket_most",
    "check_out_key check_back_key zone_key",
)
"""What a Config says about resilience. Times in ns, rates in 1/ns; -1 where a thing is off.
checks, outliers: whether there are any; check_answer: how long a server of speed 1 takes to answer a check."""

STANDING = _record("down passes fails check waits since consecutive ejected ejections ejected_at right whole")
"""What one balancer thinks of one server. down: known to be; passes, fails: of the last checks, in a row; check: number
of the last; waits: for its answer; since: when the server came (back), while it starts slowly (-1: it does not);
consecutive: errors in a row; ejections: how often of late; right, whole: answers since the last sweep."""

WATCH = _record("ramping filled", "tokens local_share")
"""What a balancer remembers. ramping: servers that start slowly; tokens: of its rate limit, as of the time `filled`;
local_share: of its requests that stay in its zone (-1: it takes no notice of zones)."""

BUCKET = _record("filled", "tokens")
"""The budget of retries as a bucket of tokens."""

CHECK, CHECK_THERE, CHECK_BACK, CHECK_LATE, SWEEP = range(16, 21)
"""kind of an event in the heap: a check sets out, reaches its server, is answered, is given up; outliers are looked for."""
SERVER_BITS, BALANCER_BITS = 10, 6
ROUTINGS = ("any", "local", "aware")
ANY_ZONE, LOCAL_FIRST, ZONE_AWARE = range(3)
"""routing."""


def new_guard(config, seed: int) -> np.ndarray:
    """GUARD[1] of a Config."""
    guards = np.zeros(1, GUARD)
    _read_health(guards, config.health)
    _read_outliers(guards, config.outliers)
    guards["panic_share"] = config.panic_share
    slow, breakers, limit, retries = config.slow_start, config.breakers, config.rate_limit, config.retries
    guards["slow_start"] = -1 if slow.window_ms is None else laws.whole(slow.window_ms * MS)
    guards["aggression"], guards["least_weight"] = slow.aggression, slow.least_weight
    guards["in_flight_most"] = -1 if breakers.max_requests is None else breakers.max_requests
    guards["retries_most"] = -1 if breakers.max_retries is None else breakers.max_retries
    guards["rate"], guards["burst"] = -1.0 if limit.rate_per_s is None else limit.rate_per_s / S, limit.burst
    guards["bucket_share"] = -1.0 if retries.bucket is None else retries.bucket
    guards["bucket_rate"], guards["bucket_most"] = retries.bucket_rate_per_s / S, retries.bucket_most
    shed = config.shedding
    guards["shed_after"] = -1 if shed.after_ms is None else laws.whole(shed.after_ms * MS)
    guards["shed_interval"] = -1 if shed.interval_ms is None else laws.whole(shed.interval_ms * MS)
    zones = config.zones
    guards["zones"], guards["routing"], guards["zone_least"] = zones.count, ROUTINGS.index(zones.routing), zones.min_cluster_size
    guards["zone_key"] = key(seed, "zone")
    guards["check_out_key"], guards["check_back_key"] = key(seed, "check/out"), key(seed, "check/back")
    return guards


def _read_health(guards: np.ndarray, health) -> None:
    guards["checks"], guards["rise"], guards["fall"] = health.on, health.rise, health.fall
    guards["check_interval"], guards["check_timeout"] = laws.whole(health.interval_ms * MS), laws.whole(health.timeout_ms * MS)
    guards["check_answer"] = laws.whole(health.answer_ms * MS)


def _read_outliers(guards: np.ndarray, outliers) -> None:
    guards["outliers"], guards["consecutive"] = outliers.on, outliers.consecutive
    guards["sweep"] = laws.whole(outliers.interval_ms * MS)
    guards["base_ejection"] = laws.whole(outliers.base_ejection_ms * MS)
    guards["longest_ejection"] = laws.whole(outliers.max_ejection_ms * MS)
    guards["ejected_share"], guards["deviations"] = outliers.max_ejection_share, outliers.stdev_factor
    guards["success_rate"], guards["check_unejects"] = outliers.success_rate, outliers.check_unejects
    guards["minimum_hosts"], guards["request_volume"] = outliers.minimum_hosts, outliers.request_volume


def new_standing(balancers: int, servers: int, since: int) -> np.ndarray:
    """STANDING[b, n] of servers of which nothing bad is known."""
    standing = np.zeros((balancers, servers), STANDING)
    standing["since"] = since
    return standing


def new_watch(config) -> np.ndarray:
    """WATCH[b]: all buckets full."""
    watch = np.zeros(config.balancers.count, WATCH)
    watch["tokens"], watch["local_share"] = config.rate_limit.burst, -1.0
    return watch


def new_bucket(config) -> np.ndarray:
    """BUCKET[1], full."""
    bucket = np.zeros(1, BUCKET)
    bucket["tokens"] = config.retries.bucket_most
    return bucket
