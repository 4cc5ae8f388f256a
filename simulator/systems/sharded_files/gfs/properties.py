"""What GFS promises, and what must come about."""

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_


class History:
    """acknowledged: handle -> ids of what clients were told is written. ordered: (handle, number) -> the Piece of that number.
    last: (node, handle) -> number of the last mutation that it applied."""

    def __init__(self):
        self.acknowledged: dict[int, dict[str, tuple]] = {}
        self.ordered: dict[tuple, object] = {}
        self.last: dict[tuple[str, int], tuple[int, int]] = {}


def history(world) -> History:
    """The history of this run so far."""
    if "gfs" not in world.ghost:
        world.ghost["gfs"] = History()
    return world.ghost["gfs"]


def on_disk(world, node: str, handle: int):
    """A replica as a disk holds it, None where there is none."""
    return world.disk(node).get(f"_c{handle}")


def lacking(chunk, acknowledged) -> str | None:
    """Something acknowledged that the replica does not hold."""
    held = {piece.id for piece in chunk.pieces}
    return next((one for one in acknowledged if one not in held), None)


def current(world, handle: int) -> int | None:
    """The version of a chunk by the master's log; None where it has no such chunk."""
    versions = world.of("name_node")[0]._space.versions.get(handle)
    return None if versions is None else versions.current


@always(N_("Replicas apply the mutations of a chunk in one order within a lease: each number stands for one mutation, and numbers only grow."),
        watch=("stored",))
def one_order(world):
    node, past = world.node, history(world)
    if node.stored is None or node.stored[1] is None:
        return None
    handle, piece, _version = node.stored
    if past.ordered.setdefault((handle, piece.number), piece) != piece:
        return Breach(N_("{node} applied another mutation as number {number} of chunk {chunk} than others did."),
                      node=node.id, number=piece.number[1], chunk=handle)
    before = past.last.get((node.id, handle), (0, 0))
    past.last[node.id, handle] = piece.number
    if piece.number <= before:
        return Breach(N_("{node} applied number {number} of chunk {chunk} after a later one."), node=node.id, number=piece.number[1], chunk=handle)
    return None


@always(N_("At most one primary holds a lease of a chunk that is not over."), watch=("leases",))
def one_primary(world):
    node = world.node
    for handle, lease in node.leases.items():
        if not node.clock() < lease.until_ns:
            continue
        for other in world.of("data_node"):
            held = other.leases.get(handle) if other is not node and other.state in ("up", "paused") else None
            if held is not None and other.clock() < held.until_ns:
                return Breach(N_("{a} and {b} are both primary of chunk {chunk}."), a=other.id, b=node.id, chunk=handle)
    return None


@always(N_("What a client was told is written is on the disk of every replica of the lease."), watch=("acknowledged",))
def acknowledged_is_on_all_disks(world):
    node, past = world.node, history(world)
    if node.acknowledged is None:
        return None
    handle, number, name = node.acknowledged
    past.acknowledged.setdefault(handle, {})[name] = number
    lease = node.leases.get(handle)
    for other in (node.id, *(lease.secondaries if lease is not None else ())):
        chunk = on_disk(world, other, handle)
        if chunk is None or lacking(chunk, (name,)) is not None:
            return Breach(N_("{node} said that {name} is written, and {other} has not stored it."), node=node.id, name=name, other=other)
    return None


@always(N_("Every up-to-date replica holds everything that was acknowledged, at least once."), watch=("stored",))
def up_to_date_is_complete(world):
    node = world.node
    if node.stored is None or node.stored[1] is not None:
        return None
    handle, _piece, version = node.stored
    newest, chunk = current(world, handle), node.chunk(handle)
    if newest is None or chunk is None or version < newest:
        return None
    name = lacking(chunk, history(world).acknowledged.get(handle, ()))
    if name is not None:
        return Breach(N_("{node} has version {version} of chunk {chunk}, but not {name}, which a client was told is written."),
                      node=node.id, version=version, chunk=handle, name=name)
    return None


@always(N_("The master never tells a client of a stale replica."), watch=("given",))
def no_stale_replica(world):
    node = world.node
    for handle, replica in ((handle, replica) for handle, replicas in node.given for replica in replicas):
        chunk = on_disk(world, replica, handle)
        if chunk is None:
            continue  # it was collected since: whoever asks is told that it is not there
        name = lacking(chunk, history(world).acknowledged.get(handle, ()))
        if name is not None:
            return Breach(N_("{node} sent a client to {replica}, whose replica of chunk {chunk} lacks {name}."),
                          node=node.id, replica=replica, chunk=handle, name=name)
    return None


@sometimes(N_("A record is in a chunk twice."), watch=("stored",))
def a_record_twice(world):
    node = world.node
    if node.stored is None or node.stored[1] is None or node.stored[1].kind != "record":
        return False
    handle, piece, _version = node.stored
    return sum(other.id == piece.id for other in node.chunk(handle).pieces) > 1


@sometimes(N_("A chunk is padded, because a record does not fit."), watch=("stored",))
def a_chunk_is_padded(world):
    return world.node.stored is not None and world.node.stored[1] is not None and world.node.stored[1].kind == "padding"


@sometimes(N_("The master finds a stale replica."), watch=("_stales",))
def a_stale_replica(world):
    return world.node._stales > 0


@sometimes(N_("A chunk is cloned."), watch=("cloned",))
def a_clone(world):
    return world.node.cloned > 0


@sometimes(N_("Another replica becomes primary of a chunk."), watch=("leases",))
def another_primary(world):
    primaries = world.ghost.setdefault("primaries", {})
    for handle in world.node.leases:
        if primaries.setdefault(handle, world.node.id) != world.node.id:
            return True
    return False


@sometimes(N_("A chunkserver forgets a chunk that nobody needs."), watch=("collected",))
def garbage_is_collected(world):
    return world.node.collected > 0


PROPERTIES = (one_order, one_primary, acknowledged_is_on_all_disks, up_to_date_is_complete, no_stale_replica, a_record_twice, a_chunk_is_padded,
              a_stale_replica, a_clone, another_primary, garbage_is_collected)
