"""The options by which balancers and servers protect themselves; the defaults of real products, with version and section."""

from typing import Literal

from pydantic import field_validator

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity

ENVOY_ROUTER = "Envoy 1.31, HTTP filters, Router"
ENVOY_BREAKERS = "Envoy 1.31, config.cluster.v3.CircuitBreakers.Thresholds"
ENVOY_OUTLIERS = "Envoy 1.31, config.cluster.v3.OutlierDetection"
ENVOY_SLOW_START = "Envoy 1.31, Load balancing, Slow start mode"
ENVOY_PANIC = "Envoy 1.31, Load balancing, Panic threshold"
ENVOY_ZONES = "Envoy 1.31, config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig"
ENVOY_LIMIT = "Envoy 1.31, HTTP filters, Local rate limit"
HAPROXY_SERVER = "HAProxy 3.0, Configuration Manual, 5.2 Server and default-server options"
FINAGLE_BUDGET = "Finagle 22.12, com.twitter.finagle.service.RetryBudget"


class HealthChecks(Option, title=N_("Health checks")):
    __doc__ = N_("Each balancer asks each server, now and then, whether it is well. With checks, the detection time counts no more.")

    on: bool = quantity(False, N_("Health checks"), about=N_("Whether servers are checked."))
    interval_ms: float = quantity(2000.0, N_("Interval"), "ms", ge=1, le=86_400_000, source=f"{HAPROXY_SERVER}, inter",
                                  about=N_("Time from one check of a server to its next."))
    timeout_ms: float = quantity(2000.0, N_("Time limit of a check"), "ms", ge=0.001, le=86_400_000, source=f"{HAPROXY_SERVER}, inter",
                                 about=N_("A check that is not answered after it has failed; at most the interval."))
    rise: int = quantity(2, N_("Rise"), ge=1, le=1000, source=f"{HAPROXY_SERVER}, rise",
                         about=N_("So many checks in a row must pass before a server is chosen again."))
    fall: int = quantity(3, N_("Fall"), ge=1, le=1000, source=f"{HAPROXY_SERVER}, fall",
                         about=N_("So many checks in a row must fail before a server is chosen no longer."))
    answer_ms: float = quantity(0.0, N_("Work of a check"), "ms", ge=0, le=3_600_000,
                                about=N_("What a server of speed 1 needs for the answer, outside its queue; a slow one needs more. "
                                         "0: it answers as long as it runs, however slow it is."))

    @field_validator("timeout_ms")
    @classmethod
    def _one_check_at_a_time(cls, timeout: float, info) -> float:
        if timeout > info.data.get("interval_ms", timeout):
            raise ValueError(N_("The time limit of a check must not be above the interval."))
        return timeout


class Outliers(Option, title=N_("Outlier ejection")):
    __doc__ = N_("A balancer looks at the answers and sends nothing for a while to a server that fails more than the others.")

    on: bool = quantity(False, N_("Outlier ejection"), about=N_("Whether outliers are ejected."))
    consecutive: int = quantity(5, N_("Errors in a row"), ge=1, le=1_000_000, source=f"{ENVOY_OUTLIERS}, consecutive_5xx",
                                about=N_("After so many, a server is ejected at once."))
    interval_ms: float = quantity(10_000.0, N_("Interval"), "ms", ge=1, le=86_400_000, source=f"{ENVOY_OUTLIERS}, interval",
                                  about=N_("How often success rates are compared and ejections ended."))
    base_ejection_ms: float = quantity(30_000.0, N_("Ejected for"), "ms", ge=1, le=86_400_000, source=f"{ENVOY_OUTLIERS}, base_ejection_time",
                                       about=N_("Times the number of ejections of late."))
    max_ejection_ms: float = quantity(300_000.0, N_("Ejected for at most"), "ms", ge=1, le=86_400_000,
                                      source=f"{ENVOY_OUTLIERS}, max_ejection_time")
    max_ejection_share: float = quantity(0.1, N_("Ejected servers at most"), ge=0, le=1, source=f"{ENVOY_OUTLIERS}, max_ejection_percent",
                                         about=N_("Share of all servers: once it is reached, no more are ejected. Unless it is 0, one always may be."))
    success_rate: bool = quantity(True, N_("Success rate"), source=f"{ENVOY_OUTLIERS}, enforcing_success_rate",
                                  about=N_("Whether a server is ejected whose share of good answers is far below the others'."))
    stdev_factor: float = quantity(1.9, N_("Standard deviations"), ge=0, le=100, source=f"{ENVOY_OUTLIERS}, success_rate_stdev_factor",
                                   about=N_("So many below the mean is far (1900 in Envoy, in thousandths)."))
    minimum_hosts: int = quantity(5, N_("Servers to compare"), ge=1, le=1000, source=f"{ENVOY_OUTLIERS}, success_rate_minimum_hosts",
                                  about=N_("With fewer, success rates are not compared."))
    request_volume: int = quantity(100, N_("Answers to compare"), ge=1, le=1_000_000_000, source=f"{ENVOY_OUTLIERS}, success_rate_request_volume",
                                   about=N_("A server with fewer in an interval is not compared."))
    check_unejects: bool = quantity(True, N_("A check ends an ejection"), source=f"{ENVOY_OUTLIERS}, successful_active_health_check_uneject_host",
                                    about=N_("Whether an ejected server is chosen again as soon as a health check passes."))


class SlowStart(Option, title=N_("Slow start")):
    __doc__ = N_("A server that comes, or comes back, gets its full weight only after a while. Strategies without weights do not notice.")

    window_ms: float | None = quantity(None, N_("Window"), "ms", ge=1, le=86_400_000, source=ENVOY_SLOW_START,
                                       about=N_("How long it takes. Empty: full weight at once."))
    aggression: float = quantity(1.0, N_("Aggression"), ge=0.01, le=100, source=ENVOY_SLOW_START,
                                 about=N_("The weight is the share of the window that has passed, to the power of 1 / aggression."))
    least_weight: float = quantity(0.1, N_("Least weight"), ge=0.001, le=1, source=ENVOY_SLOW_START,
                                   about=N_("What a server has at first, as a share of its full weight."))


class Breakers(Option, title=N_("Circuit breakers")):
    __doc__ = N_("What is beyond these numbers fails at once, at each balancer.")

    max_requests: int | None = quantity(None, N_("Requests at most"), ge=0, le=1_000_000_000, source=f"{ENVOY_BREAKERS}, max_requests",
                                        about=N_("In flight to all servers; Envoy's default is 1,024. Empty: no limit."))
    max_retries: int | None = quantity(None, N_("Retries at most"), ge=0, le=1_000_000, source=f"{ENVOY_BREAKERS}, max_retries",
                                       about=N_("Under way at once, where there is no retry budget; Envoy's default is 3. Empty: no limit."))


class RateLimit(Option, title=N_("Rate limit")):
    __doc__ = N_("A bucket of tokens at each balancer: a request takes one or is refused.")

    rate_per_s: float | None = quantity(None, N_("Rate"), "1/s", ge=0.001, le=10_000_000, source=ENVOY_LIMIT,
                                        about=N_("Tokens that come each second. Empty: no limit."))
    burst: float = quantity(100.0, N_("Bucket"), ge=1, le=1_000_000_000, about=N_("Tokens that it holds at most, and at first."))


class Zones(Option, title=N_("Zones")):
    __doc__ = N_("Data centres, or parts of one: balancers stand in them in turn, servers as their group says.")

    count: int = quantity(1, N_("Number"), ge=1, le=16)
    cross_ms: float = quantity(0.0, N_("Further delay between zones"), "ms", ge=0, le=3_600_000,
                               about=N_("Each way, where a balancer and a server are in different zones."))
    routing: Literal["any", "local", "aware"] = quantity(
        "any", N_("Which zone"), source=ENVOY_ZONES,
        labels={"any": N_("Any"), "local": N_("Its own, while it has servers"), "aware": N_("Its own, as far as its servers suffice")},
        about=N_("Where a balancer sends requests. The last keeps all zones equally loaded, as Envoy does. Strategies with a table, "
                 "and classes with servers of their own, take no notice of zones."))
    min_cluster_size: int = quantity(6, N_("Servers at least"), ge=1, le=1000, source=f"{ENVOY_ZONES}, min_cluster_size",
                                     about=N_("With fewer, zones are taken no notice of."))


class Shedding(Option, title=N_("Load shedding")):
    __doc__ = N_("A server throws away what has waited too long when its turn comes: nobody waits for it any longer, most likely.")

    after_ms: float | None = quantity(None, N_("Shed after"), "ms", ge=0, le=86_400_000,
                                      source="B. Maurer, Fail at scale, ACM Queue 13(8), 2015",
                                      about=N_("Waiting time from which a request is thrown away. Empty: never."))
    interval_ms: float | None = quantity(
        None, N_("Interval"), "ms", ge=0, le=86_400_000, source="B. Maurer, Fail at scale, ACM Queue 13(8), 2015",
        about=N_("Only while the queue has not been empty for as long; until then, this is the limit (controlled delay: 100 ms, and "
                 "5 ms after). Empty: always."))
