"""A node's disk: forced writes, lazy writes, and what waits until a write is done.

A forced write (`persist`) takes the disk's fsync time; writes go one after the other. What the node sends
after it has asked for a write leaves only when the write is done: so nobody ever hears of a promise that
a crash could take back (write-ahead logging; Mohan et al., ARIES, TODS 17(1), 1992).
"""


class Disk:
    """What survives a crash of one node.

    holds: field -> value that is on the disk. buffer: lazy writes that the operating system has not written
    yet. pending: forced writes under way. outbox: messages that wait for one: (until_ns, cause, link, message).
    history: for the viewer, (at_ns, fields that the disk holds from then on, or None where it is empty) since it
    was last taken; None where nobody views.
    """

    __slots__ = ("buffer", "free_ns", "fsync_ns", "history", "holds", "outbox", "pending")

    def __init__(self, fsync_ns: int, viewed: bool):
        self.fsync_ns = fsync_ns
        self.holds: dict = {}
        self.history: list[tuple] | None = [] if viewed else None
        self.crash()

    def store(self, now_ns: int, values: dict) -> None:
        """These fields are on the disk now."""
        self.holds = {**self.holds, **values}
        if self.history is not None:
            self.history.append((now_ns, values))

    def crash(self) -> None:
        """What had not been written is lost, and so is what waited for it."""
        self.buffer: dict = {}
        self.pending: list[tuple] = []
        self.outbox: list[tuple] = []
        self.free_ns = 0

    def wipe(self, now_ns: int) -> None:
        """An empty disk is put in."""
        if self.history is not None:
            self.history.append((now_ns, None))
        self.holds = {}


def persist(cluster, node, fields: tuple[str, ...], force: bool, then: tuple) -> None:
    """Write `fields` of `node` to its disk; see Node.persist. then: (name of the handler or "", about)."""
    disk = node.disk
    values = {field: node.__dict__[field] for field in fields}
    if not force:
        return _lazily(cluster, node, fields, values)
    cluster.counts.forced += 1
    values, disk.buffer = {**disk.buffer, **values}, {}
    done_ns = max(cluster.now_ns, disk.free_ns) + disk.fsync_ns
    cluster.telling.write(cluster, node, fields, True, done_ns)
    if done_ns > cluster.now_ns or disk.pending:  # never before an older write that ends at this very moment
        disk.free_ns = node.held_ns = done_ns
        write = (done_ns, values, then)
        disk.pending.append(write)
        return cluster.later(done_ns, lambda: _written(cluster, node, write))
    disk.store(cluster.now_ns, values)
    if then[0]:
        cluster.soon(node, *then)
    if any(node.seen.get(field) is values[field] for field in fields):  # it changed in an earlier event
        cluster.later(done_ns, lambda: cluster.telling.ask(cluster, node, fields))


def _lazily(cluster, node, fields: tuple[str, ...], values: dict) -> None:
    disk = node.disk
    cluster.counts.lazy += 1
    done_ns = cluster.now_ns + cluster.setup.flush_ns
    if not disk.buffer:
        pending = disk.pending
        cluster.later(done_ns, lambda: _flush(cluster, disk, pending))
    disk.buffer = {**disk.buffer, **values}
    cluster.telling.write(cluster, node, fields, False, done_ns)


def _flush(cluster, disk: Disk, pending: list) -> None:
    """The operating system writes its buffer, unless a crash has emptied it (which makes a new `pending`).

    After the forced writes under way, which hold older values.
    """
    if not disk.buffer or disk.pending is not pending:
        return
    if pending:
        return cluster.later(disk.free_ns, lambda: _flush(cluster, disk, pending))
    disk.store(cluster.now_ns, disk.buffer)
    disk.buffer = {}


def _written(cluster, node, write: tuple) -> None:
    """A forced write is done, unless it died with its node: what waited for it leaves."""
    disk = node.disk
    if not any(one is write for one in disk.pending):
        return
    disk.pending.remove(write)
    disk.store(cluster.now_ns, write[1])
    waiting, disk.outbox = disk.outbox, []
    for entry in waiting:
        if entry[0] <= cluster.now_ns:
            cluster.leave(entry[2], entry[3], entry[1])
        else:
            disk.outbox.append(entry)
    if node.held_ns <= cluster.now_ns:
        node.held_ns = 0
    if write[2][0]:
        cluster.soon(node, *write[2])
    cluster.telling.ask(cluster, node, tuple(write[1]))
