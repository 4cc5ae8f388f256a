"""Options of the work that is sent: a drawn rate, closed clients, classes of requests, attacks."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, Option, quantity
from simulator.systems.load_balancer.rate_curve import cumulated

POINTS_AT_MOST = 400
CLASSES_AT_MOST = 8
ATTACKS_AT_MOST = 4
FAN_OUT_AT_MOST = 2000
LONGEST_S = 90 * 86_400
KLEINROCK = "L. Kleinrock, Queueing Systems, volume 2, 1976, section 4.11 (closed systems)"

Point = Annotated[list[float], Field(min_length=2, max_length=2)]


class Curve(Option, title=N_("Drawn curve")):
    __doc__ = N_("Poisson arrivals whose rate follows a curve that you draw: a day, a flash crowd, a ramp.")

    law: Literal["curve"] = "curve"
    points: list[Point] = Field(
        [[0, 200], [20, 200], [30, 900], [40, 200], [60, 200]], title=N_("Points"), min_length=1, max_length=POINTS_AT_MOST,
        description=N_("[time in s, requests/s] each, in order of time. Before the first and after the last, the rate stays."),
        json_schema_extra={"unit": "", "source": CHOSEN, "input": "curve"})
    shape: Literal["linear", "steps"] = quantity(
        "linear", N_("Between points"), labels={"linear": N_("a straight line"), "steps": N_("the rate stays until the next point")})
    repeat_s: float | None = quantity(
        None, N_("Repeat every"), "s", ge=0.001, le=LONGEST_S,
        about=N_("The curve begins again after this time, as a day does. Empty: it does not repeat."))

    @field_validator("points")
    @classmethod
    def _points_are_in_order(cls, points: list[list[float]]) -> list[list[float]]:
        for (before, _), (after, _) in zip(points, points[1:], strict=False):
            if after <= before:
                raise ValueError(N_("Each point must be later than the one before it."))
        if any(not 0 <= at_s <= LONGEST_S for at_s, _ in points):
            raise ValueError(N_("The time of a point must be from 0 to 7,776,000 s."))
        if any(not 0 <= rate <= 10_000_000 for _, rate in points):
            raise ValueError(N_("The rate of a point must be from 0 to 10,000,000 requests/s."))
        return points

    @model_validator(mode="after")
    def _it_repeats_something(self):
        if self.repeat_s is not None and self.points[-1][0] > self.repeat_s:
            raise ValueError(N_("The last point must not be later than the time after which the curve repeats."))
        if self.repeat_s is not None and cumulated(self)[2] <= 0.0:
            raise ValueError(N_("A curve that repeats must have a rate above 0 somewhere."))
        return self


class Closed(Option, title=N_("Closed clients")):
    __doc__ = N_("So many clients: each thinks, sends one request, waits for its answer, and thinks again. Slow answers slow the "
                 "clients down, so a queue never grows beyond their number.")

    law: Literal["closed"] = "closed"
    clients: int = quantity(100, N_("Clients"), ge=1, le=100_000, source=KLEINROCK)
    think: Literal["exponential", "constant"] = quantity(
        "exponential", N_("Think time"), labels={"exponential": N_("Exponential"), "constant": N_("Constant")})
    think_ms: float = quantity(1000.0, N_("Mean think time"), "ms", ge=0, le=86_400_000,
                               about=N_("From an answer (or an error, or giving up) to the client's next request."))


class RequestClass(Option, title=N_("Classes of requests")):
    __doc__ = N_("Some of the requests, alike in what they ask for.")

    name: str = Field("", title=N_("Name"), max_length=40, description=N_("Name"), json_schema_extra={"unit": "", "source": CHOSEN})
    share: float = quantity(1.0, N_("Share"), ge=0, le=1_000_000,
                            about=N_("Of all requests, in proportion to the shares of the other classes."))
    demand: float = quantity(1.0, N_("Times the work"), ge=0.000_1, le=10_000,
                             about=N_("A request of this class is this many times the work that the service law draws."))
    priority: int = quantity(0, N_("Priority"), ge=0, le=9, about=N_("The higher goes first, at servers that go by priority."))
    group: int | None = quantity(None, N_("Only servers of group"), ge=1, le=100,
                                 about=N_("Path and host routing: only servers of this group, as numbered above, get requests of this "
                                          "class, as a rule for a path or a host name sends them there. Empty: all servers."))


class Attack(Option, title=N_("Attacks")):
    __doc__ = N_("Requests on top of all others, from sources of their own.")

    name: str = Field("", title=N_("Name"), max_length=40, description=N_("Name"), json_schema_extra={"unit": "", "source": CHOSEN})
    start_s: float = quantity(20.0, N_("Start"), "s", ge=0, le=LONGEST_S)
    length_s: float = quantity(10.0, N_("Length"), "s", ge=0.001, le=LONGEST_S)
    rate_per_s: float = quantity(1000.0, N_("Rate"), "1/s", ge=0.001, le=10_000_000)
    sources: int = quantity(1, N_("Sources"), ge=1, le=1_000_000, about=N_("1: one machine; many: a network of them."))
    demand: float = quantity(1.0, N_("Times the work"), ge=0.000_1, le=10_000,
                             about=N_("A request of the attack is this many times the work that the service law draws."))
    priority: int = quantity(0, N_("Priority"), ge=0, le=9, about=N_("The higher goes first, at servers that go by priority."))


def names(config) -> list[str]:
    """What the kinds of requests are called, by number; [] where there is only one."""
    if not config.classes and not config.attacks:
        return []
    classes = [one.name or f"class-{index + 1}" for index, one in enumerate(config.classes)] or ["requests"]
    return classes + [one.name or f"attack-{index + 1}" for index, one in enumerate(config.attacks)]
