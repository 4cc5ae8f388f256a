"""One replication: a whole run that is computed for its numbers only, thousands of times with other seeds and Configs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be replicated: how long, from when on it counts, what is done to it, and how often the state is looked at.

    warm_ns: requests sent before it do not count. actions: engine Actions in order of time. inputs: recordings by key.
    beat: called now and then; it may raise to end the replication.
    """

    duration_ns: int
    warm_ns: int
    samples: int
    actions: tuple = ()
    inputs: Any = field(default_factory=dict)
    beat: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Replication:
    """What one replication measured, everything about requests sent after the warm-up.

    scalars:   name -> number or None; JSON values. Always: sent, ok, failed, events, span_s, throughput_per_s (requests that
               servers finished a second, also those nobody waited for any more), goodput_per_s (answers in time a
               second), offered_per_s, utilisation, server_hours, worst_ns and worst_in_system (when, after the warm-up,
               most requests were in the system, and how many).
    outcomes:  how requests failed -> how many.
    extras:    what else this system measures: name -> number.
    stable:    the judge's verdict; template and values are its sentence.
    latencies: int64[n, 3], rising by bucket: bucket, answered requests in it, the sum of their latencies in ns. Bucket b
               lies between 2^(b // 512) (1 + b % 512 / 512) ns and the next.
    shortest, longest: of the latencies, in ns; 0 where there are none.
    times_ns, levels: requests in the system at even times from the very beginning, and at warm_ns.
    """

    scalars: dict
    outcomes: dict
    extras: dict
    stable: bool
    template: str
    values: dict
    latencies: Any
    shortest: int
    longest: int
    times_ns: Any
    levels: Any
