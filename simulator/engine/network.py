"""Links between nodes: how long a message takes, and what becomes of it on the way.

A link is one direction between two nodes. It exists from its first use on; its chance comes from its
own stream, "link/a->b", so that what happens on one link never shifts the draws of another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import floor

from simulator.engine.chance import LAYERS, dice, exp, exponential, log
from simulator.engine.clock import S
from simulator.engine.rows import IN_FLIGHT, MESSAGE, pack_tail


@dataclass(frozen=True, slots=True)
class Network:
    """The law of all links. Times in ns, shares from 0 to 1.

    delay:     delay(random) -> ns one way, from a draw of uniform floats (see the laws below).
    loss:      share of messages that are lost.
    duplicate: share of messages that arrive twice, each after a delay of its own.
    fifo:      a message never overtakes an earlier one of its link (as with TCP), but for those reordered.
    reorder:   share of messages that are held back by up to `reorder_ns` more.
    bandwidth: bytes a second of one link; None is unlimited. A message has `size` bytes.
    legs:      message class -> a law of its own, in place of `delay`.
    """

    delay: Callable
    loss: float = 0.0
    duplicate: float = 0.0
    fifo: bool = False
    reorder: float = 0.0
    reorder_ns: int = 0
    bandwidth: float | None = None
    size: int = 1000
    legs: Mapping[type, Callable] = field(default_factory=dict)


def constant(ns: int) -> Callable:
    """Always the same delay."""
    return lambda _random: ns


def uniform(minimum_ns: int, maximum_ns: int) -> Callable:
    """Evenly spread from minimum to maximum."""
    span = maximum_ns - minimum_ns
    return lambda random: minimum_ns + floor(span * random())


def shifted_exponential(minimum_ns: int, mean_ns: int) -> Callable:
    """A minimum, and an exponential part that makes the mean `mean_ns`."""
    rest = mean_ns - minimum_ns

    def draw(random):
        # The first lines of chance.exponential, written out: this is drawn for every message.
        scaled = random() * 256.0
        layer = floor(scaled)  # twice as fast as int
        x = (scaled - layer) * LAYERS[layer]
        if x >= LAYERS[layer + 1]:
            x = exponential(random)
        return minimum_ns + floor(rest * x)

    return draw


def pareto_or_exponential(share: float, minimum_ns: int, shape: float, mean_ns: int) -> Callable:
    """With probability `share` a Pareto law from minimum_ns on, with this shape; else an exponential law."""
    def draw(random):
        if random() < share:
            return floor(minimum_ns * exp(-log(1.0 - random()) / shape))
        return floor(mean_ns * exponential(random))

    return draw


class Link:
    """One direction between two nodes.

    kinds: message class -> (its number, the handler at the far end). ways: the same for messages that were sent,
    -> (the last columns of a row in flight, the handler).
    """

    __slots__ = ("busy_ns", "cut", "delay", "duplicate", "extra_ns", "fifo", "kinds", "last_ns", "loss", "network",
                 "node", "random", "sender", "special", "ways")

    def __init__(self, sender, node, network: Network, seed: int, cut: bool):
        self.sender, self.node, self.network = sender, node, network
        self.kinds, self.ways = node.kinds, {}
        self.delay = constant(0) if sender is node else network.delay
        self.random = dice(seed, f"link/{sender.id}->{node.id}").random
        self.cut = cut
        self.extra_ns = self.busy_ns = self.last_ns = 0
        itself = sender is node
        self.loss = 0.0 if itself else network.loss
        self.duplicate = 0.0 if itself else network.duplicate
        self.fifo = network.fifo and not itself
        self.judge()

    def way(self, message: type) -> tuple:
        """The entry of `ways` for a message class that was not sent before."""
        kind, handler = self.kinds[message]
        self.ways[message] = pack_tail(self.sender.index, self.node.index, kind, IN_FLIGHT, MESSAGE), handler
        return self.ways[message]

    def judge(self) -> None:
        """Note whether a message has to be looked at more closely than by its delay alone."""
        network = self.network
        self.special = bool(self.cut or self.loss or self.duplicate or self.extra_ns or (self.sender is not self.node and (
            self.fifo or network.reorder or network.bandwidth or network.legs)))

    @property
    def altered(self) -> bool:
        """Whether it differs from the law of all links, by a cut or by other faults."""
        network = self.network
        return self.sender is not self.node and bool(
            self.extra_ns or self.loss != network.loss or self.duplicate != network.duplicate)

    def arrival_ns(self, leaves_ns: int, message: type | None = None) -> int:
        """When a message of this class that leaves at `leaves_ns` arrives, all options considered."""
        network = self.network
        if network.bandwidth and self.sender is not self.node:
            leaves_ns = max(leaves_ns, self.busy_ns) + round(network.size * S / network.bandwidth)
            self.busy_ns = leaves_ns
        delay = self.delay
        if network.legs and self.sender is not self.node:
            delay = network.legs.get(message, delay)
        arrives = leaves_ns + delay(self.random) + self.extra_ns
        if network.reorder and self.random() < network.reorder:
            return arrives + int(network.reorder_ns * self.random())
        if self.fifo:
            arrives = self.last_ns = max(arrives, self.last_ns)
        return arrives
