"""What must always and what must sometimes be so in HDFS."""

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_
from simulator.systems.sharded_files.files import rack_of
from simulator.systems.sharded_files.hdfs.history import past, told

CHANGES = ("create", "write", "append", "delete")


@always(N_("No acknowledged block is lost while fewer nodes fail than have it."), watch=("_news", "health", "operations"))
def nothing_acknowledged_is_lost(world):
    """Failed: removed, or damaged by an Action. Crashed nodes come back with their disks."""
    found, node = told(world), world.node
    if world.operation is not None or node.role != "data_node":
        return None
    touched = ()
    if node.state == "removed":
        touched = tuple(node.shelf)
        found.harm.update(touched)
    elif node._news[0] == world.event:
        touched = tuple(replica.block for verb, replica in node._news[1] if verb in ("dropped", "damaged", "copied damage") or not replica.whole)
        found.harm.update(replica.block for verb, replica in node._news[1] if verb == "damaged")
    for block in touched:
        promise = found.promised(block)
        if promise and found.harm[block] < promise[1] and not found.copies(block, promise[0]):
            return Breach(N_("block {block} was acknowledged, and no good replica of it is left since {node} lost its own"), block=block, node=node.id)
    return None


@always(N_("What is acknowledged is stored on every node of its pipeline."), watch=("operations",))
def acknowledged_is_stored(world):
    """Or on as many others."""
    found, operation = told(world), world.operation
    if operation is None or operation.outcome != "ok" or operation.f not in ("create", "write", "append") or found.doubtful[operation.key]:
        return None
    for block, mb, nodes in world.node._wrote:
        copies = found.copies(block, mb) + found.harm[block]
        if copies < len(nodes):
            return Breach(N_("{client} was told that block {block} is on {count} nodes, and {copies} have it"),
                          client=world.node.id, block=block, count=len(nodes), copies=copies)
    return None


@always(N_("What is read is what was written."), watch=("_got", "_wrote"))
def reads_are_whole(world):
    """A replica that is stale is shorter than its block."""
    found, node = told(world), world.node
    if node.role != "client" or node._got is None:
        return None
    block, mb, src = node._got
    wanted = found.wanted_mb(block)
    if wanted is not None and mb != wanted:
        return Breach(N_("{client} has read {mb} MB of block {block} from {node}; {wanted} MB were written"),
                      client=node.id, mb=mb, block=block, node=src, wanted=wanted)
    return None


@always(N_("No damaged replica is copied."), watch=("_news",))
def damage_does_not_spread(world):
    """Its checksums would have told."""
    node = world.node
    if node.role == "data_node" and node._news[0] == world.event:
        for verb, replica in node._news[1]:
            if verb == "copied damage":
                return Breach(N_("{node} has a damaged copy of block {block}"), node=node.id, block=replica.block)
    return None


@always(N_("The replicas of a settled block are in two racks."), watch=("under_replicated", "replicating", "blocks", "safe_mode"))
def rack_rule(world):
    """Settled: the name node wants nothing about it done. Looked at where blocks are few."""
    node = world.node
    if node.role != "name_node" or not node.active or node.safe_mode or not past(world).first.shown or world.options.racks < 2:
        return None
    for number, block in node.space.blocks.items():
        settled = block.whole and number not in node.map.why and number not in node.map.pending and number not in node.map.awaited
        if settled and len(block.places) > 1:
            racks = [rack_of(nth, world.options) for nth in block.places]
            if len(dict.fromkeys(racks)) < 2:
                return Breach(N_("all replicas of block {block} are in rack {rack}"), block=number, rack=racks[0])
    return None


@always(N_("What is acknowledged is in the edit log, on the disk."), watch=("operations",))
def acknowledged_is_logged(world):
    """Of the name node; of a majority of the journal nodes, where there are any."""
    told(world)
    operation, client = world.operation, world.node
    if operation is None or operation.outcome != "ok" or operation.f not in CHANGES:
        return None
    journals = world.of("journal_node")
    copies = sum(_logged(world, keeper, client.id, client.request) for keeper in journals or world.of("name_node"))
    if copies <= len(journals) // 2:
        return Breach(N_("{client} was told that {f} {file} is done, and the edit log does not have it"),
                      client=client.id, f=operation.f, file=operation.key)
    return None


def _logged(world, keeper, client: str, request: int) -> bool:
    disk = world.disk(keeper.id)
    log = keeper.journal if keeper.role == "name_node" else keeper.logs[disk.get("wrote", 1)]
    return any(edit.client == client and edit.request == request for edit in reversed(log[:disk.get("txid", 0)]))


@always(N_("Only one name node at a time writes the edit log."), watch=("committed",))
def one_log(world):
    """What one has written, and counts as safe, no other one has written otherwise."""
    node, log = world.node, past(world).log
    if node.role != "name_node":
        return None
    for txid in range(len(log) + 1, node.committed + 1):
        log[txid] = (node.journal[txid - 1], node.id)
    looked = past(world).looked.get(node.id, 0)
    past(world).looked[node.id] = node.committed
    found = next((txid for txid in range(looked + 1, node.committed + 1) if log[txid][0] != node.journal[txid - 1]), None)
    if found:
        return Breach(N_("{node} has written entry {txid} of the edit log, and {other} has written another one there"),
                      node=node.id, txid=found, other=log[found][1])
    return None


@always(N_("A file that was acknowledged is there."), watch=("operations",))
def acknowledged_files_are_there(world):
    """Also after the name node has crashed."""
    found, operation = told(world), world.operation
    if operation is None or operation.outcome != "fail" or operation.result != "no file":
        return None
    if operation.f in ("read", "append") and found.of.get(operation.key):
        return Breach(N_("{client} was told that there is no {file}, which was acknowledged"), client=world.node.id, file=operation.key)
    return None


@sometimes(N_("A data node is taken for dead."), watch=("liveness",))
def a_node_dies(world):
    """By a name node."""
    return "dead" in world.node.liveness.values()


@sometimes(N_("A block is brought back."), watch=("_news",))
def a_copy(world):
    """A copy was made for it."""
    node = world.node
    return node._news[0] == world.event and any(verb == "copied" for verb, _replica in node._news[1])


@sometimes(N_("A pipeline goes on without a node that failed."), watch=("recoveries",))
def a_pipeline_goes_on(world):
    """Under a new generation stamp."""
    return getattr(world.node, "recoveries", 0) > 0


@sometimes(N_("A read turns to another replica."), watch=("turns",))
def a_read_turns(world):
    """The nearest one did not answer, or its checksums did not fit."""
    return getattr(world.node, "turns", 0) > 0


@sometimes(N_("A name node is in safe mode."), watch=("safe_mode",))
def safe_mode(world):
    """After a crash."""
    return world.node.safe_mode


@sometimes(N_("The standby takes over."), watch=("active",))
def a_failover(world):
    """The other name node was silent."""
    return world.node.role == "name_node" and world.node.active and world.node.epoch > 1


@sometimes(N_("A replica that is one too many goes."), watch=("trimmed",))
def a_trim(world):
    """Its node has come back."""
    return world.node.trimmed > 0


PROPERTIES = (nothing_acknowledged_is_lost, acknowledged_is_stored, reads_are_whole, damage_does_not_spread, rack_rule, acknowledged_is_logged, one_log,
              acknowledged_files_are_there, a_node_dies, a_copy, a_pipeline_goes_on, a_read_turns, safe_mode, a_trim, a_failover)
