"""What properties and measures know of a run: what clients were promised, and what was done to replicas from outside.

kept: block -> (MB, on how many nodes it was when it was acknowledged); of the first files only what is not in `gone`.
of: file -> its kept blocks that are not of the beginning. gone: first files that somebody has wanted to change or delete.
doubtful: file -> operations under way, or with an unknown end, that would take away what it holds. length: block -> MB.
harm: block -> replicas that Actions have destroyed. log: place in the edit log -> the entry that was written there first,
and by whom; looked: name node -> up to which place its log was looked at.
"""

from collections import Counter

from simulator.systems.sharded_files.hdfs.preload import preload

TAKES_AWAY = ("write", "delete")


class Past:
    """See the module."""

    def __init__(self, world):
        self.world, self.first = world, preload(world)
        self.kept: dict[int, tuple[float, int]] = {}
        self.of: dict[str, list[int]] = {}
        self.gone: dict[str, bool] = {}
        self.doubtful: Counter = Counter()
        self.length: dict[int, float] = {}
        self.harm: Counter = Counter()
        self.log: dict[int, tuple] = {}
        self.looked: dict[str, int] = {}
        self.sums: Counter = Counter()
        self.file_of: dict[int, str] = {block: f"f{nth}" for nth, blocks in enumerate(self.first.files) for block in blocks} if self.first.shown else {}
        self._seen = None
        self._nodes: tuple[int, list] = (0, [])

    def data_nodes(self) -> list:
        """All data nodes, in order."""
        count = len(self.world.ordered)
        if self._nodes[0] != count:
            self._nodes = (count, self.world.of("data_node"))
        return self._nodes[1]

    def look(self) -> None:
        """Bring it up to date with the event that is looked at; several properties ask about one event."""
        operation, node = self.world.operation, self.world.node
        if operation is not None:
            key = (operation.id, operation.outcome)
            if key != self._seen:
                self._seen = key
                self._operation(operation, node)
        elif node.role == "client":
            for block, mb, _nodes in node._wrote:
                self.length[block] = mb

    def _operation(self, operation, client) -> None:
        file, takes = operation.key, operation.f in TAKES_AWAY
        if operation.outcome is None:
            if takes:
                self._release(file)
                self.doubtful[file] += 1
            return
        if takes and operation.outcome != "info":
            self.doubtful[file] -= 1
        self.sums[operation.f, operation.outcome] += 1
        if operation.outcome == "ok" and operation.f in ("create", "write", "append") and not self.doubtful[file]:
            for block, mb, nodes in client._wrote:
                self.kept[block] = (mb, len(nodes))
                self.of.setdefault(file, []).append(block)

    def _release(self, file: str) -> None:
        self.gone[file] = True
        for block in self.of.pop(file, ()):
            del self.kept[block]

    def promised(self, block: int) -> tuple[float, int] | None:
        """(MB, on how many nodes) of a block that must not be lost; None where nobody counts on it."""
        if block in self.kept:
            return self.kept[block]
        first = self.first
        if block < len(first.mb) and self.file_of.get(block) not in self.gone:
            return (first.mb[block], len(first.places[block])) if first.shown or not self.gone else None
        return None

    def wanted_mb(self, block: int) -> float | None:
        """How long the block is since it was written; None where nobody knows."""
        return self.first.mb[block] if block < len(self.first.mb) else self.length.get(block)

    def copies(self, block: int, mb: float) -> int:
        """Good replicas on disks, those of crashed nodes included."""
        return sum(good(node, block, mb) for node in self.data_nodes())


def good(node, block: int, mb: float) -> bool:
    """Whether the node has the block, whole and undamaged."""
    replica = node.shelf.get(block)
    return replica is not None and replica.whole and replica.mb == mb and block not in node.damaged and node.state != "removed"


def past(world) -> Past:
    """Of this run."""
    if "past" not in world.ghost:
        world.ghost["past"] = Past(world)
    return world.ghost["past"]


def told(world) -> Past:
    """The same, brought up to date."""
    found = past(world)
    found.look()
    return found
