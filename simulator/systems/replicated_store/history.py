"""What happened in a run, for the properties and the measures: history variables, kept up to date operation by operation.

They know what no node knows: every write that was acknowledged and everything that was read, by key, with the tags that
order the versions of a key. Values are unique, so a value says who wrote it.
"""

from collections import Counter
from typing import NamedTuple

from simulator.parts.quorum import majority
from simulator.systems.replicated_store.designs import design_of
from simulator.systems.replicated_store.messages import NEVER_WRITTEN, Tag


class Acknowledged(NamedTuple):
    """A write that a client was told is done."""

    key: str
    value: object
    tag: Tag
    invoked_ns: int
    at_ns: int


class Past:
    """known: what each client knows, key -> the newest tag. causes: (key, tag) -> what its writer knew then.

    written: key -> tag of the newest acknowledged write. seen: the same of what was read, too. latest: key -> Acknowledged,
    the last one to be invoked. stale, lost, missed: counts. ages: (ns since the last acknowledged write of the key, 1 if the read
    missed it) of reads.
    """

    def __init__(self, options):
        self.design = design_of(options)
        self.fresh, self.causal = self.design.fresh(options), self.design.causal(options)
        self.complete, self.copies = self.design.complete(options), self.design.copies(options)
        self.written: dict[str, Tag] = {}
        self.seen: dict[str, Tag] = {}
        self.latest: dict[str, Acknowledged] = {}
        self.by_value: dict[tuple, Acknowledged] = {}
        self.known: dict[str, dict[str, Tag]] = {}
        self.causes: dict[tuple, dict[str, Tag]] = {}
        self.begun: dict[int, tuple] = {}
        self.leaders: dict[int, str] = {}
        self.epoch = (0, -1)  # the newest that has answered, and when it first had
        self.counts = Counter()
        self.ages: list[tuple[int, int]] = []
        self.clocks_moved = False
        self.up_ns: dict[int, int] = {}  # so many replicas up -> for how long
        self.up = (0, 0, None)  # since when, how many; and since when fewer than a majority
        self.current = None
        self.told = None

    def look(self, world) -> None:
        """Bring it up to date with the operation that has just begun or ended; several properties ask about one."""
        operation = world.operation
        step = (operation.id, operation.outcome)
        if self.current == step:
            return
        self.current, self.told = step, None
        self.clocks_moved |= any(node.skew_ns or node.drift_ppm for node in world.of("client"))
        if operation.outcome is None:
            floor = self.seen if self.fresh == "atomic" else self.written
            self.begun[operation.id] = (floor.get(operation.key, NEVER_WRITTEN), self.latest.get(operation.key), self.epoch)
        else:
            self._ended(world, operation)

    def look_who_is_up(self, world) -> None:
        """Add up how long how many replicas have been up."""
        replicas = world.of("replica")
        since_ns, before, fewer_ns = self.up if self.up_ns or self.up[0] else (0, len(replicas), None)
        self.up_ns[before] = self.up_ns.get(before, 0) + world.now_ns - since_ns
        count = sum(node.state == "up" for node in replicas)
        few = count < majority(len(replicas))
        self.up = (world.now_ns, count, (world.now_ns if fewer_ns is None else fewer_ns) if few else None)

    def _ended(self, world, operation) -> None:
        floor, latest, epoch = self.begun.pop(operation.id, (NEVER_WRITTEN, None, (0, -1)))
        if operation.outcome != "ok":
            self.counts["refused"] += 1
            return
        told = world.nodes[operation.client]._told
        self.told = Ended(told.tag, told.epoch, told.copies, floor, epoch[0], False, None)
        if operation.f == "read":
            stale = self._is_stale(operation, latest)
            self.counts["stale"] += stale
            if latest is not None:
                self.ages.append((operation.invoked_ns - latest.at_ns, int(stale)))
            self.told = self.told._replace(stale=stale)
        if told.tag is not None:
            self._learn(world, operation, told.tag)
        if told.epoch is not None and told.epoch > self.epoch[0]:
            self.epoch = (told.epoch, world.now_ns)

    def _is_stale(self, operation, latest: Acknowledged | None) -> bool:
        """Whether a write had been acknowledged before the read began that had itself begun after what was read was acknowledged."""
        if latest is None or operation.result == latest.value:
            return False
        if operation.result is None:
            return True
        read = self.by_value.get((operation.key, operation.result))
        return read is not None and read.at_ns < latest.invoked_ns

    def _learn(self, world, operation, tag: Tag) -> None:
        key, known = operation.key, dict(self.known.get(operation.client, ()))
        if operation.f == "read":
            missed = tag < known.get(key, NEVER_WRITTEN)
            self.told = self.told._replace(missed=known[key] if missed else None)
            self.counts["missed"] += missed
            for cause, newest in self.causes.get((key, tag), {}).items():
                known[cause] = max(newest, known.get(cause, NEVER_WRITTEN))
        known[key] = max(tag, known.get(key, NEVER_WRITTEN))
        self.known[operation.client] = known
        self.seen[key] = max(tag, self.seen.get(key, NEVER_WRITTEN))
        if operation.f == "write":
            self.causes[key, tag] = known
            self.written[key] = max(tag, self.written.get(key, NEVER_WRITTEN))
            made = self.by_value[key, operation.value] = Acknowledged(key, operation.value, tag, operation.invoked_ns, world.now_ns)
            if key not in self.latest or self.latest[key].invoked_ns < operation.invoked_ns:
                self.latest[key] = made


class Ended(NamedTuple):
    """What came of an operation that ended well. floor: what it must not be older than where reads are fresh.

    before: the newest epoch that had answered somebody before it began. missed: what its client knew and it lacks.
    """

    tag: Tag | None
    epoch: int | None
    copies: int
    floor: Tag
    before: int
    stale: bool
    missed: Tag | None


def past(world) -> Past:
    """The history of this run so far."""
    if "store" not in world.ghost:
        world.ghost["store"] = Past(world.options)
    return world.ghost["store"]


def ended(world) -> tuple:
    """(the operation, Ended) where one has just ended well, else (the operation, None)."""
    found = past(world)
    found.look(world)
    return world.operation, found.told


def owners(world, key: str) -> list:
    """The replicas that are to keep the key."""
    return [world.nodes[id] for id in past(world).design.owners(world.options, key, world.roster["replica"])]


def divergent(world) -> int:
    """Keys of which replicas that are to keep them, and are up, hold different things."""
    keys = dict.fromkeys(key for node in world.of("replica") for key in node.store)
    return sum(len(dict.fromkeys(str(node.store.get(key)) for node in owners(world, key) if node.state == "up")) > 1 for key in keys)
