"""The nemesis: chance that breaks things, at a given rate, and mends what it broke.

It draws faults from a palette as a Poisson process, from a stream of chance of its own, so that the rest
of a run draws what it would have drawn. What it does are Actions: the same ones, scheduled, give the same
run without it. A node that is to crash at a point does so when it comes there, which may be after all else
is mended; it is restarted all the same. The name is Jepsen's (Kingsbury, jepsen.io).
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from simulator.engine.action import Action
from simulator.engine.chance import Stream, exp, log
from simulator.engine.clock import MS, NEVER, S

BRIDGES = 0.25
"""Share of partitions in which one node still reaches both sides."""


class Fault(NamedTuple):
    """One fault of the palette: what is done, to what, and what mends it.

    at: "node", "link" or "groups". number: (param, least, most), drawn evenly on a logarithmic scale; what
    mends it is then the same Action with the value from before (a clock jumps back). stops: the node is no use to others meanwhile.
    """

    does: str
    at: str
    undo: str
    number: tuple[str, float, float] | None = None
    stops: bool = False


PALETTE = {
    "crash": Fault("crash", "node", "restart", stops=True),
    "restart_wiped": Fault("crash", "node", "restart_wiped", stops=True),
    "crash_at": Fault("crash_at", "node", "restart", stops=True),
    "pause": Fault("pause", "node", "resume", stops=True),
    "isolate": Fault("isolate", "node", "mend", stops=True),
    "partition": Fault("partition", "groups", "mend", stops=True),
    "cut": Fault("cut", "link", "mend"),
    "slow": Fault("slow", "node", "slow", ("handling_ms", 0.1, 20)),
    "slow_disk": Fault("slow_disk", "node", "slow_disk", ("fsync_ms", 1, 100)),
    "skew": Fault("skew", "node", "skew", ("ms", 1, 1000)),
    "drift": Fault("drift", "node", "drift", ("ppm", 100, 50_000)),
    "delay_link": Fault("delay_link", "link", "delay_link", ("ms", 1, 200)),
    "lose": Fault("lose", "link", "lose", ("share", 0.1, 1)),
    "duplicate_link": Fault("duplicate_link", "link", "duplicate_link", ("share", 0.1, 1)),
}
"""What can stand in the option `faults`."""


@dataclass(slots=True)
class Wound:
    """One thing that the nemesis broke and will mend. `links`: those that it cut and nobody had cut before."""

    does: str
    target: str
    undo: str
    params: dict
    stopped: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


class Nemesis:
    """Breaks a Cluster while it runs. `next_ns`: when it wants to be asked again; NEVER once all is over."""

    def __init__(self, options, seed: int, duration_ns: int, kinds, points=()):
        """options: the group `nemesis` of a Config. kinds: Actions the system takes. points: where nodes can be crashed."""
        usable = [kind for kind in options.faults if PALETTE[kind].does in kinds and PALETTE[kind].undo in kinds]
        self.faults = [kind for kind in usable if points or kind != "crash_at"]
        self.points = list(points)
        self.heals = "heal" in kinds
        self.spares = options.spare == "majority"
        self.until_ns = int(duration_ns * options.until_share)
        self._rate, self._mean_ns = options.rate_per_s if self.faults else 0, options.mean_duration_ms * MS
        self._chance = Stream(seed, "nemesis")
        self._mends: list[tuple[int, int, Wound]] = []
        self._order = 0
        self._wounds: list[Wound] = []
        self._draw_time(0)

    @property
    def next_ns(self) -> int:
        """The time of the next `strike`; several can fall on one instant, in their order."""
        return min(self._fault_ns, self._mends[0][0] if self._mends else NEVER)

    def strike(self, cluster) -> Action | None:
        """What it does to `cluster` at cluster.now_ns (== next_ns); None where nothing sensible can be done."""
        if self._mends and self._mends[0][0] <= cluster.now_ns:
            return self._mend(cluster, heappop(self._mends)[2])
        self._draw_time(cluster.now_ns)
        fault = PALETTE[self._pick(self.faults)]
        return self._partition(cluster, fault) if fault.at == "groups" else self._break(cluster, fault)

    def _draw_time(self, now_ns: int) -> None:
        at_ns = now_ns + 1 + int(self._chance.exponential(S / self._rate)) if self._rate else NEVER
        self._fault_ns = at_ns if at_ns < self.until_ns else NEVER

    def _pick(self, among: list):
        return among[self._chance.below(len(among))]

    # Breaking

    def _break(self, cluster, fault: Fault) -> Action | None:
        wounded = [wound.target for wound in self._wounds if wound.does == fault.does]
        targets = [target for target in self._targets(cluster, fault) if target not in wounded]
        if not targets:
            return None
        target = self._pick(targets)
        params, undone = self._params(cluster, fault, target)
        stopped, links = (target,) if fault.stops else (), ()
        if fault.does == "isolate":
            links = [link for other in cluster.nodes for link in ((target, other), (other, target)) if other != target]
        elif fault.does == "cut":
            links = [tuple(target.split("->"))]
        self._wound(cluster, Wound(fault.does, target, fault.undo, undone, stopped), links)
        return Action(cluster.now_ns, fault.does, target, params)

    def _targets(self, cluster, fault: Fault) -> list[str]:
        """Where the fault would change something, and leave a majority alone where that is wanted."""
        up = [node.id for node in cluster.ordered if node.state == "up"]
        if fault.at == "link":
            return [f"{a}->{b}" for a in up for b in up if a != b and (a, b) not in cluster.cut]
        return [node for node in up if not fault.stops or self._spared(cluster, [node])]

    def _spared(self, cluster, more: list[str]) -> bool:
        """Whether more than half of each role of three or more would still be left alone."""
        if not self.spares:
            return True
        stopped = [node for wound in self._wounds for node in wound.stopped] + more
        members: dict[str, list[bool]] = {}
        for node in cluster.ordered:
            if node.state != "removed":
                members.setdefault(node.role, []).append(node.id in stopped or node.state != "up")
        return all(len(hit) < 3 or 2 * sum(hit) < len(hit) for hit in members.values())

    def _params(self, cluster, fault: Fault, target: str) -> tuple[dict, dict]:
        """(params of the Action, params of the one that mends it)."""
        if fault.does == "crash_at":
            return {"point": self._pick(self.points)}, {}
        if fault.number is None:
            return {}, {}
        name, least, most = fault.number
        drawn = float(f"{least * exp(self._chance.uniform() * log(most / least)):.3g}")
        if fault.does in ("skew", "drift") and self._chance.below(2):
            drawn = -drawn
        return {name: drawn}, {name: -drawn if fault.does == "skew" else _current(cluster, fault.does, target)}

    def _partition(self, cluster, fault: Fault) -> Action | None:
        """A minority on one side, the others on the other; sometimes with a bridge that reaches both."""
        nodes = [node.id for node in cluster.ordered if node.state != "removed"]
        if len(nodes) < 2 or any(wound.does == "partition" for wound in self._wounds):
            return None
        minority: list[str] = []
        for _ in range(1 + self._chance.below(max(1, (len(nodes) - 1) // 2))):
            others = [node for node in nodes if node not in minority and self._spared(cluster, [*minority, node])]
            if others:
                minority.append(self._pick(others))
        if not minority:
            return None
        rest = [node for node in nodes if node not in minority]
        bridge = [self._pick(rest)] if len(rest) > 1 and self._chance.uniform() < BRIDGES else []
        inside = [node for node in nodes if node in minority or node in bridge]
        links = [link for a in minority for b in rest if b not in bridge for link in ((a, b), (b, a))]
        self._wound(cluster, Wound("partition", "", fault.undo, {}, tuple(minority)), links)
        return Action(cluster.now_ns, "partition", "", {"groups": ",".join(inside) + "|" + ",".join(rest)})

    # Mending

    def _wound(self, cluster, wound: Wound, links) -> None:
        """Remember to mend it after a while, but before until_ns."""
        wound.links = tuple(link for link in links if link not in cluster.cut)
        self._wounds.append(wound)
        after_ns = cluster.now_ns + 1 + int(self._chance.exponential(self._mean_ns))
        self._later(max(cluster.now_ns, min(after_ns, self.until_ns)), wound)

    def _later(self, at_ns: int, wound: Wound) -> None:
        self._order += 1
        heappush(self._mends, (at_ns, self._order, wound))

    def _mend(self, cluster, wound: Wound) -> Action | None:
        if wound.undo == "mend":
            return self._mend_links(cluster, wound)
        node = cluster.nodes.get(wound.target)
        if wound.does == "crash_at" and node.state != "removed" and any(armed == node.id for armed, _point in cluster.armed):
            self._later(cluster.now_ns + 1 + int(max(self._mean_ns, MS)), wound)  # it has not come to that point yet
            return None
        self._wounds.remove(wound)
        wanted = {"restart": "down", "restart_wiped": "down", "resume": "paused"}.get(wound.undo)
        if node is not None and (node.state == "removed" or (wanted and node.state != wanted)):
            return None  # somebody else was faster
        return Action(cluster.now_ns, wound.undo, wound.target, wound.params)

    def _mend_links(self, cluster, wound: Wound) -> Action | None:
        """One link after the other at one instant, or all at once where nobody else has cut any."""
        still = [link for link in wound.links if link in cluster.cut]
        if len(still) == len(cluster.cut) > 1 and not cluster.altered and self.heals:
            self._wounds.remove(wound)
            return Action(cluster.now_ns, "heal")
        if len(still) > 1:
            self._later(cluster.now_ns, wound)
        else:
            self._wounds.remove(wound)
        return Action(cluster.now_ns, "mend", "->".join(still[0])) if still else None


def _current(cluster, kind: str, target: str) -> float:
    """The value that the Action `kind` would overwrite, in the unit of its param."""
    if "->" in target:
        sender, dst = target.split("->")
        link = cluster.link(cluster.nodes[sender], dst)
        return {"delay_link": link.extra_ns / MS, "lose": link.loss, "duplicate_link": link.duplicate}[kind]
    node = cluster.nodes[target]
    return {"slow": node.handling_ns / MS, "slow_disk": node.disk.fsync_ns / MS, "drift": node.drift_ppm}[kind]
