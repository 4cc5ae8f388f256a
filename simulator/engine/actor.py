"""A node of a distributed system: plain state, a handler for each message, and what it may ask for.

A subclass gives every field its first value in `begin`, and changes its fields in handlers:

    on_start()               when it starts, and after a restart unless there is an `on_restart`
    on_<message>(m, src)     when a message arrives; the message's class in snake_case
    on_<timer>_timeout()     when a timer goes off, with the timer's `about` where it has one
    do_<kind>(**params)      an Action of the system's own that was done to this node

Handlers change only their own node and ask the engine for the rest. Field values are never changed in
place (a dict is replaced): that is how the engine sees what changed, and why a state can be kept by
reference. Fields whose names begin with "_" are not shown.
"""

import re
from heapq import heappush
from math import floor

from simulator.engine import chance
from simulator.engine.rows import pack_head


class Crashed(Exception):
    """The node crashed at a named point: the rest of its handler does not happen."""


def snake(name: str) -> str:
    """ "AppendEntries" -> "append_entries"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class Node:
    """One node. Only the engine makes them; `id` is "<role>-<n>".

    durable: names of the fields that `persist` may write.
    options: the system's Config. roster: role -> ids of the nodes that the run began with.
    """

    role = ""
    durable: tuple[str, ...] = ()

    __slots__ = ("__dict__", "cluster", "disk", "drift_ppm", "free_ns", "handling_ns", "held_ns", "hindered", "id", "inbox",
                 "index", "kinds", "links", "options", "random", "roster", "seen", "skew_ns", "skew_since_ns", "state", "timers")

    def begin(self) -> None:
        """Give every field its first value. Asks are not possible here."""

    def on_start(self) -> None:
        """It starts."""

    def on_restart(self) -> None:
        """It starts again after a crash: durable fields are as the disk holds them, the others as `begin` left them."""
        self.on_start()

    # What a handler may ask

    def send(self, dst: str, m) -> None:
        """Send message `m` to node `dst`. It leaves once all that was persisted before is on the disk."""
        cluster = self.cluster
        link = self.links.get(dst) or cluster.link(self, dst)
        if link.special or self.held_ns:
            return cluster.send_specially(self, link, m)
        try:  # costs nothing where it goes well, which is nearly always
            tail, handler = link.ways[m.__class__]
        except KeyError:
            tail, handler = link.way(m.__class__)
        event, now = cluster.next_event, cluster.now_ns
        cluster.next_event = event + 1
        arrives = now + link.delay(link.random)
        cluster.rows.extend(pack_head(now, arrives, cluster.event) + tail)
        cluster.bodies.append(m)
        heappush(cluster.heap, (arrives, event, link, m, handler))

    def broadcast(self, m, to) -> None:
        """Send `m` to every node of `to`, in that order."""
        for dst in to:
            self.send(dst, m)

    def set_timer(self, name: str, after_ns: int, about=None) -> None:
        """Have on_<name>_timeout called after `after_ns` of this node's own clock. A timer of the same name and `about` is replaced."""
        self.cluster.set_timer(self, name, after_ns, about)

    def cancel_timer(self, name: str, about=None) -> None:
        """Forget the timer, if it is set."""
        self.cluster.cancel_timer(self, (name, about))

    def persist(self, *fields: str, force: bool = True, then: str = "", about=None) -> None:
        """Write `fields` (all durable ones where none is named) to the disk.

        Forced: what is sent from now on leaves when the disk has them; `then`: on_<then> is called then, as an
        event of its own, with `about` where it is given. Not forced: they reach the disk with the next
        forced write, or after a while; a crash before that loses them.
        """
        self.cluster.persist(self, fields or self.durable, force, (then, about))

    def note(self, template: str, **values) -> None:
        """Say something in the run's log: a sentence marked with N_, and what stands in its {places}."""
        self.cluster.note(self, template, values)

    def reach(self, point: str, chance: float = 0.0, restart_after_ns: int | None = None) -> None:
        """This node is at a named point: it crashes here if an Action asked for that, or with probability `chance`."""
        self.cluster.reach(self, point, chance, restart_after_ns)

    def invoke(self, f: str, key=None, value=None) -> int:
        """As a client, begin operation `f`; the number that `complete` takes."""
        return self.cluster.invoke(self, f, key, value)

    def complete(self, operation: int, outcome: str, result=None) -> None:
        """The operation is over: "ok", "fail" (it did not happen) or "info" (nobody knows)."""
        self.cluster.complete(operation, outcome, result)

    def clock(self) -> int:
        """This node's own clock in ns: skewed and drifting."""
        now = self.cluster.now_ns
        return now + self.skew_ns + round((now - self.skew_since_ns) * self.drift_ppm / 1e6)

    def uniform(self) -> float:
        """A draw in [0, 1) from this node's stream of chance."""
        return (self.random or self.dice)()

    def below(self, n: int) -> int:
        """A draw from 0 to n - 1."""
        return floor((self.random or self.dice)() * n)

    def exponential(self, mean: float) -> float:
        """A draw of the exponential law, in the unit of `mean`."""
        return mean * chance.exponential(self.dice)

    @property
    def dice(self):
        """This node's stream of uniform floats, made at its first use."""
        if self.random is None:
            self.random = chance.dice(self.cluster.seed, f"node/{self.id}").random
        return self.random
