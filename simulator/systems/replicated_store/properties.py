"""What a replicated store promises, each design what it can, and what must come about in some run."""

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_
from simulator.systems.replicated_store.history import divergent, ended, owners, past
from simulator.systems.replicated_store.messages import NEVER_WRITTEN
from simulator.systems.replicated_store.versions import POLICIES

REPAIRED_WITHIN_NS = 500_000_000
"""Long enough for a read repair where nothing is lost on the way; and at least so many times what the read took:"""
REPAIRED_WITHIN_READS = 100
IN_FLIGHT_NS = 1_000_000_000
"""How long messages are thought to be on their way."""


@always(N_("A read is never stale, in designs that promise it: ABD, the consensus log, synchronous backups and the chain see every write and every "
           "read that was over before it began; strict quorums with R + W > N every write."), watch=("operations",))
def reads_are_fresh(world):
    operation, told = ended(world)
    found = past(world)
    if told is None or operation.f != "read" or not found.fresh or told.tag is None or found.clocks_moved and found.fresh == "regular":
        return None
    if told.tag >= told.floor:
        return None
    return Breach(N_("{client} read {key} = {value}, although a newer value was known before it asked."),
                  client=operation.client, key=operation.key, value=operation.result)


@always(N_("Who knows an effect sees its causes, in designs that promise it: no client reads a key older than it knows it, from its own reads "
           "and writes or from what the writers of what it read knew."), watch=("operations",))
def causes_are_seen(world):
    operation, told = ended(world)
    if told is None or told.missed is None or not past(world).causal:
        return None
    return Breach(N_("{client} read {key} = {value}, older than what it had to know already."),
                  client=operation.client, key=operation.key, value=operation.result)


@always(N_("A write is acknowledged only when it is on as many disks as the design promises."), watch=("operations",))
def acknowledged_writes_are_stored(world):
    operation, told = ended(world)
    if told is None or operation.f != "write" or told.tag is None:
        return None
    promised = max(past(world).copies, told.copies)
    has = sum(node.keeps(node.disk.holds, operation.key, told.tag) for node in world.of("replica"))
    if has >= promised:
        return None
    return Breach(N_("{client} was told that {key} = {value} is written, which was to be on {promised} disks and is on {has}."),
                  client=operation.client, key=operation.key, value=operation.value, promised=promised, has=has)


@always(N_("No acknowledged write is lost while fewer replicas fail than hold it: who comes to lead has it, in designs that promise it."),
        watch=("leading",))
def leaders_have_acknowledged_writes(world):
    node, found = world.node, past(world)
    if node.role != "replica" or not node.leading:
        return None
    lacking = [key for key, tag in sorted(found.written.items()) if not _has(node, key, tag)]
    found.counts["lost"] += len(lacking)
    if not lacking or not found.complete:
        return None
    return Breach(N_("{node} leads epoch {epoch} without the newest acknowledged value of {key}."), node=node.id, epoch=node.epoch, key=lacking[0])


def _has(node, key: str, tag) -> bool:
    return node.keeps(node.__dict__, key, tag)


@always(N_("At most one replica leads an epoch."), watch=("leading", "epoch"))
def one_leader_an_epoch(world):
    node = world.node
    if node.role != "replica" or not node.leading:
        return None
    other = past(world).leaders.setdefault(node.epoch, node.id)
    if other == node.id:
        return None
    return Breach(N_("{a} and {b} both lead epoch {epoch}."), a=other, b=node.id, epoch=node.epoch)


@always(N_("No split brain: once a newer epoch has answered somebody, nobody who asks later is answered by an older one."), watch=("operations",))
def no_split_brain(world):
    operation, told = ended(world)
    if told is None or told.epoch is None or told.epoch >= told.before:
        return None
    return Breach(N_("{client} was answered by epoch {old}, after epoch {new} had answered somebody: two replicas took themselves for the right one."),
                  client=operation.client, old=told.epoch, new=told.before)


@always(N_("Read repair: a replica that answered a read with an old version has the newer one soon after, where nothing is in its way."),
        watch=("mending", "operations", "health"), when=("replication.name", ("dynamo",)))
def read_repair_mends(world):
    repairs = world.ghost.setdefault("repairs", [])
    node = world.node
    mending = node.__dict__.get("mending")
    if not repairs and mending is None:
        return None
    quiet = not world.cut and not world.altered and not world.network.loss and all(one.state == "up" and not one.handling_ns for one in world.ordered)
    if not quiet:
        repairs.clear()
        return None
    if node.role == "client" and mending is not None and world.ghost.get(("mending", node.id)) is not mending:
        world.ghost["mending", node.id] = mending
        repairs.append((world.now_ns + max(REPAIRED_WITHIN_NS, REPAIRED_WITHIN_READS * mending[3]), mending[:3]))
        repairs.sort(key=lambda one: one[0])
    while repairs and repairs[0][0] <= world.now_ns:
        key, state, stale = repairs.pop(0)[1]
        merge = POLICIES[world.options.replication.conflicts].merge
        for replica in stale:
            own = world.nodes[replica].store.get(key)
            if own is None or merge(own, state) != own:
                return Breach(N_("{replica} answered a read of {key} with an old version and still has nothing newer."), replica=replica, key=key)
    return None


@always(N_("A causal replica shows no write before all that it depends on."), watch=("applied",), when=("replication.name", ("causal",)))
def dependencies_come_first(world):
    applied = getattr(world.node, "applied", None)  # clients have none
    if applied is None:
        return None
    shown = world.node.vector
    if all(own >= other for own, other in zip(shown, applied.after, strict=True)):
        return None
    return Breach(N_("{node} shows {key} = {value} before a write that it depends on."), node=world.node.id, key=applied.key, value=applied.version.value)


@always(N_("A hint is kept until the replica that it is for has what it says."), watch=("hints",), when=("replication.name", ("dynamo",)))
def hints_are_kept(world):
    node = world.node
    hints = node.disk.holds.get("hints", {})
    before = world.ghost.get(("hints", node.id), {})
    world.ghost["hints", node.id] = hints
    for (owner, key), state in before.items():
        if (owner, key) not in hints and node.state == "up":
            merge = POLICIES[world.options.replication.conflicts].merge
            held = world.nodes[owner].disk.holds.get("store", {}).get(key)
            if held is None or merge(held, state) != held:
                return Breach(N_("{node} forgot what it kept of {key} for {owner}, who does not have it."), node=node.id, key=key, owner=owner)
    return None


@always(N_("Nobody is answered by ABD or by the consensus log while no majority of the replicas is up."), watch=("health", "operations"),
        when=("replication.name", ("abd", "consensus_log")))
def majorities_answer(world):
    found, operation = past(world), world.operation
    if operation is None:
        found.look_who_is_up(world)
        return None
    fewer_ns = found.up[2]
    if operation.outcome != "ok" or fewer_ns is None or operation.invoked_ns < fewer_ns:
        return None
    if world.now_ns - fewer_ns < IN_FLIGHT_NS or operation.invoked_ns - fewer_ns < IN_FLIGHT_NS:
        return None  # an answer may have been on its way
    return Breach(N_("{client} was answered, although no majority of the replicas had been up since before it asked."), client=operation.client)


# What must come about


@sometimes(N_("A read is stale: this history is not linearizable."), watch=("operations",))
def stale_read(world):
    _operation, told = ended(world)
    return told is not None and told.stale


@sometimes(N_("A client misses what it must know: this history is not causally consistent."), watch=("operations",))
def cause_missed(world):
    _operation, told = ended(world)
    return told is not None and told.missed is not None


@sometimes(N_("Two clients write, and each then misses what the other wrote: this history is not sequentially consistent."), watch=("operations",))
def each_misses_the_other(world):
    operation, told = ended(world)
    if told is None or told.tag is None:
        return False
    line = world.ghost.setdefault("programs", {}).setdefault(operation.client, [])
    if operation.f == "write" or told.tag == NEVER_WRITTEN:
        line.append((operation.f, operation.key, told.tag))
    return operation.f == "read" and told.tag == NEVER_WRITTEN and any(
        _mutual(line, other, operation.key) for client, other in world.ghost["programs"].items() if client != operation.client)


def _mutual(line: list, other: list, key: str) -> bool:
    """Whether `other` wrote `key`, of which `line` has just read nothing, and then read nothing of a key that `line` wrote before."""
    mine = [one[1] for one in line if one[0] == "write"]
    wrote = next((place for place, one in enumerate(other) if one[0] == "write" and one[1] == key), None)
    return wrote is not None and any(one[0] == "read" and one[1] in mine and one[2] == NEVER_WRITTEN for one in other[wrote:])


@sometimes(N_("An operation is refused, or nobody answers it."), watch=("operations",))
def refused(world):
    ended(world)
    return world.operation.outcome in ("fail", "info")


@sometimes(N_("A write is read by another client than its own."), watch=("operations",))
def read_by_another(world):
    operation, told = ended(world)
    if told is None or operation.f != "read" or not isinstance(operation.result, str):
        return False
    return not operation.result.startswith(operation.client.rpartition("-")[2] + ".")


@sometimes(N_("Another replica comes to lead."), watch=("leading",))
def led_by_another(world):
    node = world.node
    return node.role == "replica" and node.leading and any(id != node.id for epoch, id in past(world).leaders.items() if epoch < node.epoch)


@sometimes(N_("Replicas differ, and are equal again later."), watch=("store",))
def equal_again(world):
    if world.node.role != "replica":
        return False
    key_states = [[str(node.store.get(key)) for node in owners(world, key)] for key in world.node.store]
    differ = any(len(dict.fromkeys(states)) > 1 for states in key_states)
    before, world.ghost["differed"] = world.ghost.get("differed", False), world.ghost.get("differed", False) or differ
    return before and not differ and divergent(world) == 0


@sometimes(N_("Read repair mends a copy."), watch=("repairs",))
def read_repaired(world):
    return getattr(world.node, "repairs", 0) > 0


@sometimes(N_("A hint reaches its owner."), watch=("given",))
def hint_handed_over(world):
    return getattr(world.node, "given", 0) > 0


@sometimes(N_("Merkle trees find a key that differs."), watch=("mended",))
def mended_by_trees(world):
    return getattr(world.node, "mended", 0) > 0


@sometimes(N_("A key has siblings."), watch=("store",))
def siblings_seen(world):
    return any(len(getattr(state, "values", ())) > 1 for state in world.node.__dict__.get("store", {}).values() if hasattr(state, "seen"))


PROPERTIES = (reads_are_fresh, causes_are_seen, acknowledged_writes_are_stored, leaders_have_acknowledged_writes, one_leader_an_epoch, no_split_brain, majorities_answer,
              read_repair_mends, dependencies_come_first, hints_are_kept, stale_read, cause_missed, each_misses_the_other, refused, read_by_another,
              led_by_another, equal_again, read_repaired, hint_handed_over, mended_by_trees, siblings_seen)
