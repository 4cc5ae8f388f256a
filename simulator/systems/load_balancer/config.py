"""The options of the load balancer. Every field has a title, a unit, bounds and a default with its source."""

from typing import Annotated, Literal, Union

from pydantic import Field, field_validator

from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, Option, quantity
from simulator.systems.load_balancer.config_resilience import (
    ENVOY_BREAKERS, ENVOY_PANIC, ENVOY_ROUTER, FINAGLE_BUDGET, Breakers, HealthChecks, Outliers, RateLimit, Shedding,
    SlowStart, Zones,
)
from simulator.systems.load_balancer.config_scaling import Scaling
from simulator.systems.load_balancer.config_balancers import Balancers
from simulator.systems.load_balancer.config_servers import DISCIPLINES, Slowness, Stops, WarmUp
from simulator.systems.load_balancer.config_work import (
    ATTACKS_AT_MOST, CLASSES_AT_MOST, FAN_OUT_AT_MOST, Attack, Closed, Curve, RequestClass,
)
from simulator.systems.load_balancer.strategies import strategies

SERVERS_AT_MOST = 1000
SLOTS_AT_MOST = 100_000


def _rate(default: float, title: str):
    return quantity(default, title, "1/s", ge=0.001, le=10_000_000)


def _mean_service(default: float = 10.0):
    return quantity(default, N_("Mean service time"), "ms", ge=0.000_1, le=86_400_000,
                    about=N_("Mean time that one request keeps a slot of a server of speed 1."))


class Poisson(Option, title=N_("Poisson")):
    __doc__ = N_("Independent arrivals: exponential gaps, the usual model of many users who do not know of each other.")

    law: Literal["poisson"] = "poisson"
    rate_per_s: float = _rate(800.0, N_("Rate"))


class Deterministic(Option, title=N_("Evenly spaced")):
    __doc__ = N_("One request exactly every 1 / rate seconds.")

    law: Literal["deterministic"] = "deterministic"
    rate_per_s: float = _rate(800.0, N_("Rate"))


class Bursty(Option, title=N_("Bursty")):
    __doc__ = N_("Poisson arrivals whose rate jumps between a low and a high one (Markov-modulated, two states).")

    law: Literal["bursty"] = "bursty"
    low_rate_per_s: float = quantity(400.0, N_("Low rate"), "1/s", ge=0, le=10_000_000)
    high_rate_per_s: float = _rate(1600.0, N_("High rate"))
    low_mean_s: float = quantity(4.0, N_("Mean length of a quiet time"), "s", ge=0.000_1, le=86_400)
    high_mean_s: float = quantity(1.0, N_("Mean length of a burst"), "s", ge=0.000_1, le=86_400)

    @field_validator("high_rate_per_s")
    @classmethod
    def _high_is_higher(cls, high: float, info) -> float:
        if high < info.data.get("low_rate_per_s", 0.0):
            raise ValueError(N_("The high rate must not be below the low rate."))
        return high


class RecordedArrivals(Option, title=N_("Recorded")):
    __doc__ = N_("Arrivals exactly as an imported recording has them, with nothing added.")

    law: Literal["recorded"] = "recorded"
    recording: str = Field(..., title=N_("Recording"), pattern="^[0-9a-f]{16}$",
                           description=N_("The key of an imported recording: 16 hexadecimal digits."),
                           json_schema_extra={"unit": "", "source": "", "input": "recording"})
    speed_up: float = quantity(1.0, N_("Speed-up"), ge=0.001, le=1000,
                               about=N_("2 replays the recording in half of its time; demands stay as they are."))


class Exponential(Option, title=N_("Exponential")):
    __doc__ = N_("Memoryless service times; squared coefficient of variation 1.")

    law: Literal["exponential"] = "exponential"
    mean_ms: float = _mean_service()


class DeterministicService(Option, title=N_("Constant")):
    __doc__ = N_("Every request takes equally long.")

    law: Literal["deterministic"] = "deterministic"
    mean_ms: float = _mean_service()


class Erlang(Option, title=N_("Erlang")):
    __doc__ = N_("The sum of equal exponential stages: less variable than one; variance / mean squared = 1 / stages.")

    law: Literal["erlang"] = "erlang"
    mean_ms: float = _mean_service()
    stages: int = quantity(4, N_("Stages"), ge=1, le=50)


class Hyperexponential(Option, title=N_("Hyperexponential")):
    __doc__ = N_("Many short requests and a few long ones: two exponentials, half of the work each.")

    law: Literal["hyperexponential"] = "hyperexponential"
    mean_ms: float = _mean_service()
    scv: float = quantity(4.0, N_("Squared coefficient of variation"), ge=1, le=10_000,
                          about=N_("Variance over mean squared: 1 is exponential, larger is more variable."))


class BoundedPareto(Option, title=N_("Bounded Pareto")):
    __doc__ = N_("Heavy tail between a shortest and a longest time.")

    law: Literal["bounded_pareto"] = "bounded_pareto"
    minimum_ms: float = quantity(2.0, N_("Shortest"), "ms", ge=0.000_1, le=86_400_000)
    maximum_ms: float = quantity(2000.0, N_("Longest"), "ms", ge=0.000_1, le=86_400_000)
    shape: float = quantity(1.2, N_("Shape"), ge=0.05, le=20,
                            about=N_("The smaller, the heavier the tail."),
                            source="M. Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013")

    @field_validator("maximum_ms")
    @classmethod
    def _longest_is_longer(cls, longest: float, info) -> float:
        if longest <= info.data.get("minimum_ms", 0.0):
            raise ValueError(N_("The longest time must be above the shortest."))
        return longest


class RecordedService(Option, title=N_("Recorded")):
    __doc__ = N_("Demands as the recording of the arrivals has them.")

    law: Literal["recorded"] = "recorded"


class NoDelay(Option, title=N_("None")):
    __doc__ = N_("The message is there at once.")

    law: Literal["none"] = "none"


class ConstantDelay(Option, title=N_("Constant")):
    __doc__ = N_("Every message takes equally long.")

    law: Literal["constant"] = "constant"
    delay_ms: float = quantity(1.0, N_("Delay"), "ms", ge=0, le=3_600_000)


class UniformDelay(Option, title=N_("Uniform")):
    __doc__ = N_("Any delay between two bounds is equally likely. Messages may overtake each other.")

    law: Literal["uniform"] = "uniform"
    minimum_ms: float = quantity(0.5, N_("Shortest"), "ms", ge=0, le=3_600_000)
    maximum_ms: float = quantity(1.5, N_("Longest"), "ms", ge=0, le=3_600_000)

    @field_validator("maximum_ms")
    @classmethod
    def _longest_is_longer(cls, longest: float, info) -> float:
        if longest < info.data.get("minimum_ms", 0.0):
            raise ValueError(N_("The longest delay must not be below the shortest."))
        return longest


class ExponentialDelay(Option, title=N_("Exponential")):
    __doc__ = N_("A shortest delay plus an exponential random part. Messages may overtake each other.")

    law: Literal["exponential"] = "exponential"
    minimum_ms: float = quantity(0.5, N_("Shortest"), "ms", ge=0, le=3_600_000)
    mean_ms: float = quantity(0.5, N_("Mean of the random part"), "ms", ge=0, le=3_600_000)


class ServerGroup(Option, title=N_("Servers")):
    __doc__ = N_("Some servers that are all alike.")

    count: int = quantity(1, N_("Number"), ge=1, le=SERVERS_AT_MOST)
    speed: float = quantity(1.0, N_("Speed"), ge=0.001, le=1000,
                            about=N_("A server of speed 2 does the same work in half of the time."))
    slots: int = quantity(1, N_("Slots"), ge=1, le=1000,
                          about=N_("How many requests a server works on at once, each at its full speed."))
    queue_limit: int | None = quantity(None, N_("Queue limit"), ge=0, le=1_000_000_000,
                                       about=N_("Requests that may wait at a server; one more is rejected. "
                                                "Empty: no limit."))
    zone: int = quantity(1, N_("Zone"), ge=1, le=16, about=N_("Where they stand; the first zone is 1."))
    discipline: Literal["fifo", "sharing", "priority"] = quantity(
        "fifo", N_("Order of service"), labels=DISCIPLINES,
        about=N_("Processor sharing: all requests there are worked on at once, each slot's speed shared evenly. By priority: "
                 "the highest first among those that wait; what has begun is not interrupted."),
        source="L. Kleinrock, Queueing Systems, volume 2, 1976")
    stops: Stops = quantity(Stops(), N_("Stops"))
    slowness: Slowness = quantity(Slowness(), N_("Episodes of slowness"))
    warm_up: WarmUp = quantity(WarmUp(), N_("Warm-up"))


class Sources(Option, title=N_("Sources")):
    __doc__ = N_("Whom the requests come from: what strategies that hash an address, and sessions, go by.")

    population: int = quantity(0, N_("Number of sources"), ge=0, le=1_000_000,
                               about=N_("0: every request comes from a source of its own."))
    skew: float = quantity(0.0, N_("Skew"), ge=0.0, le=5.0,
                           about=N_("0: all sources send equally often. 1: the second half as often as the first, the third "
                                    "a third (Zipf)."))


class Retries(Option, title=N_("Retries")):
    __doc__ = N_("What whoever tries does when an attempt has failed.")

    retries: int = quantity(0, N_("Retries"), ge=0, le=10, source=ENVOY_ROUTER,
                            about=N_("Further attempts at most. 0: none."))
    retrier: Literal["balancer", "client"] = quantity(
        "balancer", N_("Who tries again"), labels={"balancer": N_("The balancer"), "client": N_("The client")})
    retry_on: list[Literal["timeout", "crashed", "refused", "rejected", "no_server", "overflow", "limited", "dropped",
                           "lost"]] = quantity(
        ["timeout", "crashed", "refused", "rejected"], N_("Retry on"), max_length=9,
        about=N_("Which failures are tried again."))
    try_timeout_ms: float | None = quantity(
        None, N_("Time limit of an attempt"), "ms", ge=0.001, le=86_400_000, source=ENVOY_ROUTER,
        about=N_("After it, an attempt counts as failed; its server is not told. Empty: none."))
    backoff_ms: float = quantity(25.0, N_("Back-off"), "ms", ge=0, le=3_600_000, source=ENVOY_ROUTER,
                                 about=N_("Before retry n one waits a random part of (2^n - 1) times this."))
    backoff_most_ms: float = quantity(250.0, N_("Longest back-off"), "ms", ge=0, le=3_600_000, source=ENVOY_ROUTER)
    budget: float | None = quantity(
        None, N_("Retry budget"), ge=0, le=1, source=f"{ENVOY_BREAKERS}.RetryBudget, budget_percent",
        about=N_("Retries under way at most, as a share of the requests in the system; Envoy's default is 0.2 once it is "
                 "switched on. Empty: no budget."))
    concurrent_at_least: int = quantity(3, N_("Retries always allowed"), ge=0, le=1_000_000,
                                        source=f"{ENVOY_BREAKERS}.RetryBudget, min_retry_concurrency",
                                        about=N_("So many may be under way whatever the budget says."))
    bucket: float | None = quantity(
        None, N_("Tokens of a request"), ge=0, le=10, source=FINAGLE_BUDGET,
        about=N_("A retry takes a token from a bucket, or is not made; so much of a token comes with each request. Finagle: 0.2. "
                 "Empty: no bucket."))
    bucket_rate_per_s: float = quantity(10.0, N_("Tokens in any case"), "1/s", ge=0, le=1_000_000, source=FINAGLE_BUDGET,
                                        about=N_("So many come each second besides."))
    bucket_most: float = quantity(100.0, N_("Bucket"), ge=1, le=1_000_000_000, source=FINAGLE_BUDGET,
                                  about=N_("Tokens that it holds at most, and at first: those of 10 s."))


class Hedging(Option, title=N_("Hedging")):
    __doc__ = N_("One more attempt while the first is still under way; the first good answer counts.")

    after_ms: float | None = quantity(
        None, N_("Hedge after"), "ms", ge=0, le=3_600_000, source="J. Dean, L. A. Barroso, The tail at scale, Comm. ACM 56(2), 2013",
        about=N_("How long one waits for the answer, then for each further hedge. Empty: no hedges."))
    cancel: Literal["never", "on_answer", "on_start"] = quantity(
        "never", N_("Cancel the others"),
        labels={"never": N_("Never"), "on_answer": N_("With the answer"), "on_start": N_("When one begins (tied requests)")},
        source="J. Dean, L. A. Barroso, The tail at scale, Comm. ACM 56(2), 2013",
        about=N_("When servers hear that the other attempts need not begin; those that have begun go on. Only where the balancer tries."))
    hedges: int = quantity(1, N_("Hedges"), ge=1, le=10, about=N_("Further attempts at most."))


Arrivals = Annotated[Union[Poisson, Deterministic, Bursty, RecordedArrivals, Curve, Closed], Field(discriminator="law")]
Service = Annotated[
    Union[Exponential, DeterministicService, Erlang, Hyperexponential, BoundedPareto, RecordedService],
    Field(discriminator="law"),
]
Delay = Annotated[Union[NoDelay, ConstantDelay, UniformDelay, ExponentialDelay], Field(discriminator="law")]
Balancing = Annotated[Union[tuple(s.config for s in strategies().values())], Field(discriminator="name")]


class Config(Option, title=N_("Load balancer")):
    __doc__ = N_("A load balancer and its servers.")

    arrivals: Arrivals = quantity(Poisson(), N_("Arrivals"), about=N_("When requests are sent."))
    service: Service = quantity(Exponential(), N_("Service"), about=N_("How much work a request is."))
    servers: list[ServerGroup] = quantity([ServerGroup(count=10)], N_("Servers"), min_length=1, max_length=100,
                                          about=N_("Groups of servers that are alike, 1,000 servers in all at most."))
    strategy: Balancing = quantity(strategies()["power_of_two"].config(), N_("Strategy"),
                                   about=N_("How the balancer chooses a server."))
    balancers: Balancers = quantity(Balancers(), N_("Balancers"))
    zones: Zones = quantity(Zones(), N_("Zones"))
    sources: Sources = quantity(Sources(), N_("Sources"))
    retries: Retries = quantity(Retries(), N_("Retries"))
    hedging: Hedging = quantity(Hedging(), N_("Hedging"))
    health: HealthChecks = quantity(HealthChecks(), N_("Health checks"))
    outliers: Outliers = quantity(Outliers(), N_("Outlier ejection"))
    panic_share: float = quantity(
        0.0, N_("Panic threshold"), ge=0, le=1, source=ENVOY_PANIC,
        about=N_("While the share of servers that may be chosen is below this, a balancer chooses among all, for the rest would "
                 "drown. Envoy: 0.5. 0: never."))
    slow_start: SlowStart = quantity(SlowStart(), N_("Slow start"))
    breakers: Breakers = quantity(Breakers(), N_("Circuit breakers"))
    rate_limit: RateLimit = quantity(RateLimit(), N_("Rate limit"))
    shedding: Shedding = quantity(Shedding(), N_("Load shedding"))
    classes: list[RequestClass] = quantity(
        [], N_("Classes of requests"), max_length=CLASSES_AT_MOST,
        about=N_("Requests that differ in their work, priority or servers. None: all requests are alike."))
    attacks: list[Attack] = quantity([], N_("Attacks"), max_length=ATTACKS_AT_MOST,
                                     about=N_("Requests on top of all others, each attack with its own time, rate and sources."))
    fan_out: int = quantity(1, N_("Parts of a request"), ge=1, le=FAN_OUT_AT_MOST,
                            source="J. Dean, L. A. Barroso, The tail at scale, Comm. ACM 56(2), 2013",
                            about=N_("The balancer sends so many parts of each request to servers, chosen one by one; the request "
                                     "is over when all have answered."))
    scaling: Scaling = quantity(Scaling(), N_("Autoscaler"))
    client_delay: Delay = quantity(NoDelay(), N_("Delay between client and balancer"), about=N_("Each way."))
    server_delay: Delay = quantity(NoDelay(), N_("Delay between balancer and server"), about=N_("Each way."))
    timeout_ms: float | None = quantity(
        None, N_("Timeout"), "ms", ge=0.001, le=86_400_000,
        about=N_("The client gives up this long after sending. The server is not told and works for nothing. "
                 "Empty: it waits for ever."))
    drain_limit_ms: float | None = quantity(
        None, N_("Draining at most"), "ms", ge=1, le=86_400_000,
        source="AWS Elastic Load Balancing, Application Load Balancers, User Guide 2024, deregistration_delay.timeout_seconds",
        about=N_("After it, what is left on a server that drains fails: its connections are closed. 300 s with AWS. Empty: no limit."))
    detection_ms: float = quantity(
        500.0, N_("Detection time"), "ms", ge=0, le=3_600_000, source=CHOSEN,
        about=N_("How long after a crash the balancer stops choosing the server, and how long after a restart "
                 "it starts again."))

    @field_validator("servers")
    @classmethod
    def _not_too_many(cls, groups: list[ServerGroup]) -> list[ServerGroup]:
        if sum(group.count for group in groups) > SERVERS_AT_MOST:
            raise ValueError(N_("There may be 1,000 servers in all at most."))
        if sum(group.count * group.slots for group in groups) > SLOTS_AT_MOST:
            raise ValueError(N_("There may be 100,000 slots in all at most."))
        return groups

    @field_validator("classes")
    @classmethod
    def _groups_are_there(cls, classes: list[RequestClass], info) -> list[RequestClass]:
        if classes and not any(one.share > 0 for one in classes):
            raise ValueError(N_("One class at least must have a share above 0."))
        if any(one.group is not None and one.group > len(info.data.get("servers", [])) for one in classes):
            raise ValueError(N_("A class names a group of servers that is not there."))
        strategy = info.data.get("strategy")
        if any(one.group is not None for one in classes) and strategy and strategies()[strategy.name].build:
            raise ValueError(N_("This strategy keeps a table of all servers: no class can have a group of its own."))
        return classes

    @field_validator("fan_out")
    @classmethod
    def _parts_are_tried_once(cls, fan_out: int, info) -> int:
        retries, hedging = info.data.get("retries"), info.data.get("hedging")
        tried = retries and hedging and (retries.retries or retries.try_timeout_ms is not None or hedging.after_ms is not None)
        if fan_out > 1 and "balancers" in info.data and info.data["balancers"].cache.on:
            raise ValueError(N_("The parts of a request are no answers that a cache keeps."))
        if fan_out > 1 and tried:
            raise ValueError(N_("The parts of a request are tried once: no retries, hedges or time limits of an attempt with them."))
        return fan_out

    @field_validator("service")
    @classmethod
    def _demands_are_recorded(cls, service: Service, info) -> Service:
        arrivals = info.data.get("arrivals")
        if service.law == "recorded" and arrivals is not None and arrivals.law != "recorded":
            raise ValueError(N_("Recorded service needs recorded arrivals."))
        return service
