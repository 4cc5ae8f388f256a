"""The options of a replicated store, each default with its source: the design, and the same workload and faults for all of them."""

from dataclasses import replace
from typing import Annotated, Literal, Union

from pydantic import Field, model_validator

from simulator.engine.network import Network
from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, PBS, ActorConfig, Delay, NetworkOptions, drawn, quantity
from simulator.systems.replicated_store.designs import designs, twins
from simulator.systems.replicated_store.messages import Fetch, Fetched, Store, Stored

LEGS = {"write": Store, "acknowledgement": Stored, "read": Fetch, "response": Fetched}
TWINS = twins()

Replication = Annotated[Union[tuple(one.config for one in designs().values())], Field(discriminator="name")]


def _leg(title: str) -> Delay | None:
    return Field(None, title=title, description=N_("Empty: as any other message."), json_schema_extra={"unit": "", "source": PBS})


class StoreNetwork(NetworkOptions, title=N_("Network")):
    __doc__ = N_("What happens to a message between two nodes; the four legs of quorum operations may have laws of their own.")

    write: Delay | None = _leg(N_("Leg W: a write to a replica"))
    acknowledgement: Delay | None = _leg(N_("Leg A: its acknowledgement"))
    read: Delay | None = _leg(N_("Leg R: a read to a replica"))
    response: Delay | None = _leg(N_("Leg S: the response"))

    def law(self) -> Network:
        """With the legs' own laws."""
        legs = {message: drawn(getattr(self, leg)) for leg, message in LEGS.items() if getattr(self, leg) is not None}
        return replace(super().law(), legs=legs)


class Config(ActorConfig, title=N_("Replicated store")):
    __doc__ = N_("Replicas that keep the same keys, by one of several designs, and the clients that read and write.")

    replication: Replication = Field(designs()["abd"].config(), title=N_("Design"), json_schema_extra={"unit": "", "source": CHOSEN},
                                     description=N_("How replicas are kept alike, and with it what is promised: from strong to eventual."))
    replicas: int = quantity(5, N_("Replicas"), ge=1, le=15)
    clients: int = quantity(4, N_("Clients"), ge=0, le=50)
    keys: int = quantity(3, N_("Keys"), ge=1, le=1000)
    read_share: float = quantity(0.5, N_("Reads"), ge=0, le=1, about=N_("Share of operations that read; the others write, each a value of its own."))
    think_ms: float | None = quantity(100.0, N_("Mean time between operations"), "ms", ge=0.01, le=86_400_000, about=N_(
        "How long a client waits after an answer before it asks again: exponential. Empty: clients do only what Actions tell them."))
    sessions: Literal["sticky", "failover", "roaming"] = quantity("sticky", N_("Sessions"), labels={
        "sticky": N_("stay with one replica"), "failover": N_("stay, and turn to the next one after a failure"), "roaming": N_("ask another one each time")},
        about=N_("Which replica a client turns to."))
    client_timeout_ms: float = quantity(1000.0, N_("Clients give up after"), "ms", ge=1, le=86_400_000,
                                        about=N_("Nobody knows then whether a write took effect, or will."))
    write_until_s: float | None = quantity(None, N_("Only reads after"), "s", ge=0, le=7_776_000,
                                           about=N_("From then on clients write no more: that shows whether replicas become equal. Empty: never."))
    mtbf_s: float | None = quantity(None, N_("Mean time between failures"), "s", ge=0.001, le=7_776_000, about=N_(
        "How long a replica is up until it crashes: exponential. Empty: only Actions and the nemesis crash replicas."))
    mttr_s: float = quantity(1.0, N_("Mean time to repair"), "s", ge=0.001, le=7_776_000, about=N_(
        "How long a replica is down that has crashed by itself: exponential."))
    network: StoreNetwork = Field(StoreNetwork(), title=N_("Network"), json_schema_extra={"unit": "", "source": CHOSEN},
                                  description=N_("What happens to a message between two nodes."))
    faulty: Literal["none", *TWINS] = quantity("none", N_("Bug to find"), about=N_("One rule of the protocol that is left out; each is one of some designs."))

    @model_validator(mode="after")
    def _there_are_enough_replicas(self):
        if getattr(self.replication, "n", 1) > self.replicas:
            raise ValueError(N_("N must not be above the number of replicas."))
        return self
