"""How an option is declared: bounds, unit and the source of its default, in one call; and what all systems of actors share."""

from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, field_validator

from simulator.engine.clock import MS, ns_from_ms
from simulator.engine.nemesis import PALETTE
from simulator.engine.network import Network, constant, pareto_or_exponential, shifted_exponential, uniform
from simulator.engine.setup import Setup
from simulator.engine.words import N_

CHOSEN = N_("chosen for this laboratory")
PBS = "Bailis et al., Probabilistically Bounded Staleness, VLDB 2012, table 3 (LNKD-SSD)"


class Option(BaseModel):
    """A group of options: unknown fields, text instead of numbers, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


def quantity(default: Any, title: str, unit: str = "", *, about: str = "", source: str = CHOSEN,
             labels: dict[str, str] | None = None, **bounds) -> Any:
    """A pydantic field with `title`, `about` as description, and `unit` and `source` in its JSON Schema.

    labels: what people read for each value of an enumeration. bounds: ge, gt, le, lt, as pydantic knows them.
    """
    extra = {"unit": unit, "source": source} | ({"labels": labels} if labels else {})
    return Field(default, title=title, description=about or title, json_schema_extra=extra, **bounds)


class ConstantDelay(Option, title=N_("Constant")):
    __doc__ = N_("Every message takes equally long.")

    law: Literal["constant"] = "constant"
    delay_ms: float = quantity(1.0, N_("Delay"), "ms", ge=0, le=86_400_000)


class UniformDelay(Option, title=N_("Uniform")):
    __doc__ = N_("Evenly spread between two bounds.")

    law: Literal["uniform"] = "uniform"
    minimum_ms: float = quantity(0.5, N_("Minimum"), "ms", ge=0, le=86_400_000)
    maximum_ms: float = quantity(5.0, N_("Maximum"), "ms", ge=0, le=86_400_000)

    @field_validator("maximum_ms")
    @classmethod
    def _maximum_is_higher(cls, maximum: float, info) -> float:
        if maximum < info.data.get("minimum_ms", 0.0):
            raise ValueError(N_("The maximum must not be below the minimum."))
        return maximum


class ExponentialDelay(Option, title=N_("Exponential")):
    __doc__ = N_("A minimum, and an exponential part that makes the mean: now and then a message is late.")

    law: Literal["exponential"] = "exponential"
    minimum_ms: float = quantity(0.5, N_("Minimum"), "ms", ge=0, le=86_400_000)
    mean_ms: float = quantity(2.0, N_("Mean"), "ms", ge=0, le=86_400_000)

    @field_validator("mean_ms")
    @classmethod
    def _mean_is_higher(cls, mean: float, info) -> float:
        if mean < info.data.get("minimum_ms", 0.0):
            raise ValueError(N_("The mean must not be below the minimum."))
        return mean


class MixedDelay(Option, title=N_("Pareto or exponential")):
    __doc__ = N_("Most messages by a Pareto law, which is hardly ever short or long, the others by an exponential law, which may be.")

    law: Literal["pareto_or_exponential"] = "pareto_or_exponential"
    share: float = quantity(0.9122, N_("Share of the Pareto law"), ge=0, le=1, source=PBS)
    minimum_ms: float = quantity(0.235, N_("Minimum of the Pareto law"), "ms", ge=0, le=86_400_000, source=PBS)
    shape: float = quantity(10.0, N_("Shape of the Pareto law"), ge=0.01, le=1000, source=PBS)
    rate_per_ms: float = quantity(1.66, N_("Rate of the exponential law"), "1/ms", ge=1e-6, le=1e6, source=PBS)


Delay = Annotated[Union[ConstantDelay, UniformDelay, ExponentialDelay, MixedDelay], Field(discriminator="law")]


class NetworkOptions(Option, title=N_("Network")):
    __doc__ = N_("What happens to a message between two nodes.")

    delay: Delay = Field(ExponentialDelay(), title=N_("Delay of a message"), description=N_("One way, between any two nodes."),
                         json_schema_extra={"unit": "", "source": CHOSEN})
    loss: float = quantity(0.0, N_("Lost"), ge=0, le=1, about=N_("Share of messages that are lost on the way."))
    duplicate: float = quantity(0.0, N_("Duplicated"), ge=0, le=1, about=N_("Share of messages that arrive twice."))
    fifo: bool = quantity(False, N_("In order"), about=N_("Whether messages between two nodes keep their order, as with TCP."))
    reorder: float = quantity(0.0, N_("Held back"), ge=0, le=1, about=N_("Share of messages that are held back, so that later ones overtake them."))
    reorder_ms: float = quantity(10.0, N_("Held back by up to"), "ms", ge=0, le=86_400_000)
    bandwidth_kb_s: float | None = quantity(None, N_("Bandwidth of a link"), "kB/s", ge=0.001, le=1e9, about=N_("Empty: unlimited."))
    message_bytes: int = quantity(1000, N_("Size of a message"), "B", ge=1, le=1_000_000_000)

    def law(self) -> Network:
        """The same as the engine takes it."""
        bandwidth = None if self.bandwidth_kb_s is None else self.bandwidth_kb_s * 1000
        return Network(drawn(self.delay), self.loss, self.duplicate, self.fifo, self.reorder, ns_from_ms(self.reorder_ms),
                       bandwidth, self.message_bytes)


class DiskOptions(Option, title=N_("Disks")):
    __doc__ = N_("What it takes to write something down so that it survives a crash.")

    fsync_ms: float = quantity(0.0, N_("Time of a forced write"), "ms", ge=0, le=600_000)
    flush_ms: float = quantity(5000.0, N_("Lazy writes reach the disk after"), "ms", ge=0, le=86_400_000,
                               source=N_("Linux, vm.dirty_writeback_centisecs: 5 s"))


class ClockOptions(Option, title=N_("Clocks")):
    __doc__ = N_("How far the nodes' own clocks are from the truth.")

    skew_ms: float = quantity(0.0, N_("Skew up to"), "ms", ge=0, le=86_400_000)
    drift_ppm: float = quantity(0.0, N_("Drift up to"), "ppm", ge=0, le=500_000)


class NemesisOptions(Option, title=N_("Nemesis")):
    __doc__ = N_("Chance that breaks things while the system runs, and mends them after a while.")

    rate_per_s: float = quantity(0.0, N_("Faults a second"), "1/s", ge=0, le=1000, about=N_("0: no nemesis."))
    faults: tuple[Literal[tuple(PALETTE)], ...] = Field(
        ("crash", "pause", "partition", "cut", "delay_link", "lose"), title=N_("Faults"), description=N_("What it may break."), max_length=len(PALETTE),
        json_schema_extra={"unit": "", "source": CHOSEN})
    mean_duration_ms: float = quantity(500.0, N_("Mean duration of a fault"), "ms", ge=0.001, le=86_400_000)
    until_share: float = quantity(0.8, N_("Until"), ge=0, le=1, about=N_("The share of the run after which everything is mended and nothing broken any more."))
    spare: Literal["nobody", "majority"] = quantity(
        "majority", N_("Spares"), labels={"nobody": N_("nobody"), "majority": N_("a majority of every role")},
        about=N_("Whether it leaves more than half of each role of three or more nodes alone."))


class ActorConfig(Option):
    """What the Configs of all systems of actors have in common."""

    network: NetworkOptions = Field(NetworkOptions(), title=N_("Network"), description=N_("What happens to a message between two nodes."))
    disk: DiskOptions = Field(DiskOptions(), title=N_("Disks"), description=N_("What it takes to write something down so that it survives a crash."))
    clocks: ClockOptions = Field(ClockOptions(), title=N_("Clocks"), description=N_("How far the nodes' own clocks are from the truth."))
    stagger_ms: float = quantity(10.0, N_("Nodes start within"), "ms", ge=0, le=86_400_000,
                                 about=N_("Nodes start one by one within this time: started in step, they would hardly ever race."))
    nemesis: NemesisOptions = Field(NemesisOptions(), title=N_("Nemesis"),
                                    description=N_("Chance that breaks things while the system runs, and mends them after a while."))

    def setup(self) -> Setup:
        """How the engine makes the nodes."""
        return Setup(ns_from_ms(self.stagger_ms), ns_from_ms(self.clocks.skew_ms), self.clocks.drift_ppm,
                     ns_from_ms(self.disk.fsync_ms), ns_from_ms(self.disk.flush_ms))


def drawn(delay: Delay):
    """The law as the engine takes it."""
    if isinstance(delay, ConstantDelay):
        return constant(ns_from_ms(delay.delay_ms))
    if isinstance(delay, UniformDelay):
        return uniform(ns_from_ms(delay.minimum_ms), ns_from_ms(delay.maximum_ms))
    if isinstance(delay, MixedDelay):
        return pareto_or_exponential(delay.share, ns_from_ms(delay.minimum_ms), delay.shape, round(MS / delay.rate_per_ms))
    return shifted_exponential(ns_from_ms(delay.minimum_ms), ns_from_ms(delay.mean_ms))
