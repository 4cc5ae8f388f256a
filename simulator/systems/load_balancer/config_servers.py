"""Options of a group of servers: in which order they serve, when they stop, when they are slow, how they warm up."""

from typing import Annotated, Literal, Union

from pydantic import Field, field_validator

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity

TAIL_AT_SCALE = "J. Dean, L. A. Barroso, The tail at scale, Comm. ACM 56(2), 2013"
DISCIPLINES = {"fifo": N_("First come, first served"), "sharing": N_("Processor sharing"),
               "priority": N_("By priority")}


class ConstantLength(Option, title=N_("Constant")):
    __doc__ = N_("Always equally long.")

    law: Literal["deterministic"] = "deterministic"
    mean_ms: float = quantity(100.0, N_("Length"), "ms", ge=0.001, le=3_600_000)


class ExponentialLength(Option, title=N_("Exponential")):
    __doc__ = N_("Many short ones and a few longer ones.")

    law: Literal["exponential"] = "exponential"
    mean_ms: float = quantity(100.0, N_("Mean length"), "ms", ge=0.001, le=3_600_000)


class ParetoLength(Option, title=N_("Bounded Pareto")):
    __doc__ = N_("Mostly short, rarely very long.")

    law: Literal["bounded_pareto"] = "bounded_pareto"
    minimum_ms: float = quantity(10.0, N_("Shortest"), "ms", ge=0.001, le=3_600_000)
    maximum_ms: float = quantity(2000.0, N_("Longest"), "ms", ge=0.001, le=3_600_000)
    shape: float = quantity(1.5, N_("Shape"), ge=0.05, le=20, about=N_("The smaller, the heavier the tail."))

    @field_validator("maximum_ms")
    @classmethod
    def _longest_is_longer(cls, longest: float, info) -> float:
        if longest <= info.data.get("minimum_ms", 0.0):
            raise ValueError(N_("The longest time must be above the shortest."))
        return longest


Length = Annotated[Union[ConstantLength, ExponentialLength, ParetoLength], Field(discriminator="law")]


class Stops(Option, title=N_("Stops")):
    __doc__ = N_("A garbage collector that stops the world: now and then a server does nothing at all for a while.")

    every_s: float | None = quantity(
        None, N_("Mean time between stops"), "s", ge=0.000_1, le=86_400, source=TAIL_AT_SCALE,
        about=N_("From the end of one to the beginning of the next, exponential, for each server by itself. Empty: none."))
    length: Length = quantity(ConstantLength(), N_("Length of a stop"))


class Slowness(Option, title=N_("Episodes of slowness")):
    __doc__ = N_("Now and then several servers of the group are slower at once, because of something they share.")

    every_s: float | None = quantity(
        None, N_("Mean time between episodes"), "s", ge=0.000_1, le=86_400, source=TAIL_AT_SCALE,
        about=N_("From the end of one to the beginning of the next, exponential. Empty: none."))
    mean_s: float = quantity(5.0, N_("Mean length of an episode"), "s", ge=0.000_1, le=86_400)
    share: float = quantity(0.3, N_("Share of the servers"), gt=0, le=1, about=N_("One at least, drawn anew each time."))
    factor: float = quantity(3.0, N_("Times slower"), ge=0.01, le=1000)


class WarmUp(Option, title=N_("Warm-up")):
    __doc__ = N_("A server that restarts or is added begins cold: caches are empty, code is not compiled yet.")

    factor: float = quantity(1.0, N_("Times slower when cold"), ge=1, le=1000, about=N_("1: none."))
    time_s: float = quantity(10.0, N_("Time until it is warm"), "s", ge=0.001, le=86_400,
                             about=N_("The factor falls to 1 in ten equal steps."))
