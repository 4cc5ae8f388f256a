"""What Raft promises at all times (paper, figure 3), what its clients are promised, and what must come about."""

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_
from simulator.systems.raft import log as logs
from simulator.systems.raft.election import CANDIDATE, FOLLOWER, LEADER
from simulator.systems.raft.history import history


@always(N_("Election safety: at most one leader is elected in a term."), watch=("standing", "term"))
def election_safety(world):
    node, past = world.node, history(world)
    if node.role != "server" or node.standing == FOLLOWER:
        return None
    stood = past.candidates.get(node.term, ())
    past.candidates[node.term] = stood if node.id in stood else (*stood, node.id)
    if node.standing != LEADER:
        return None
    other = past.leaders.setdefault(node.term, node.id)
    if other != node.id:
        return Breach(N_("{a} and {b} were both elected in term {term}."), a=other, b=node.id, term=node.term)
    return None


@always(N_("Leader append-only: a leader never overwrites or deletes entries in its log."), watch=("log", "standing"))
def leader_append_only(world):
    node = world.node
    if node.role != "server":
        return None
    led = history(world).led
    term, log = led.pop(node.id, (None, ()))
    if node.standing != LEADER:
        return None
    led[node.id] = (node.term, node.log)
    kept = tuple(entry for entry in log if entry.index > node.snapshot.last_index)
    if term == node.term and node.log[:len(kept)] != kept:
        return Breach(N_("{node} changed its log while it led term {term}."), node=node.id, term=term)
    return None


@always(N_("Log matching: logs that share an entry of one index and term are the same up to it."), watch=("log",))
def log_matching(world):
    return history(world).logs.look(world.node) if world.node.role == "server" else None


@always(N_("State machine safety: no two servers apply different entries at the same index."), watch=("commit_index",))
def state_machine_safety(world):
    return history(world).committed.look(world.node)


@always(N_("Leader completeness: what was committed in a term is in the logs of the leaders of all later terms."),
        watch=("standing",))
def leader_completeness(world):
    lost = _lacking(world.node, history(world).committed.entries)
    if lost is None:
        return None
    return Breach(N_("{node} leads term {term} without entry {index}, which was committed in term {old}."),
                  node=world.node.id, term=world.node.term, index=lost[0], old=lost[1])


@always(N_("A write that was acknowledged is never lost."), watch=("standing", "operations"))
def no_acknowledged_write_lost(world):
    past, operation = history(world), world.operation
    if operation is not None:
        if operation.f == "write" and operation.outcome == "ok" and past.registers.index_of(operation) is None:
            return Breach(N_("{client} was told that {key} = {value} was written, but it was not committed."),
                          client=operation.client, key=operation.key, value=operation.value)
        return None
    if not elected.check(world):
        return None
    acknowledged = past.registers.acknowledged
    lost = _lacking(world.node, {index: past.committed.entries[index] for index in acknowledged})
    if lost is None:
        return None
    key, value = acknowledged[lost[0]]
    return Breach(N_("The log of {node}, the new leader, lacks {key} = {value}, which a client was told is written."),
                  node=world.node.id, key=key, value=value)


def _lacking(node, entries: dict):
    """(index, term in which it was committed) of the first of `entries` that a new leader should have and lacks."""
    if node.role != "server" or node.standing != LEADER:
        return None
    for index, (entry, term) in sorted(entries.items()):
        if index > node.snapshot.last_index and term < node.term:
            own = logs.entry_at(node.snapshot, node.log, index)
            if own is None or (own.term, own.command) != (entry.term, entry.command):
                return index, term
    return None


@always(N_("A read is never stale: it sees every write and every read that was over before it began."), watch=("operations",))
def reads_are_never_stale(world):
    registers, operation = history(world).registers, world.operation
    if operation.outcome is None:
        return registers.begun(operation)
    if operation.outcome != "ok" or registers.ended(operation):
        return None
    if registers.index_of(operation) is None:
        return Breach(N_("{client} read {key} = {value}, which was never committed."),
                      client=operation.client, key=operation.key, value=operation.result)
    return Breach(N_("{client} read {key} = {value}, although a newer value was known before it asked."),
                  client=operation.client, key=operation.key, value=operation.result)


@always(N_("A command takes effect once, however often the client repeats it: every state machine holds what the committed "
           "writes make, each done once."), watch=("store",))
def effects_once(world):
    node = world.node
    if node.role != "server":
        return None
    committed = history(world).committed
    for key, value in sorted(node.store.items()):
        right = committed.value(key, node.last_applied)
        if value != right:
            return Breach(N_("{node} holds {key} = {value} after entry {index}; with each command done once it would be {right}."),
                          node=node.id, key=key, value=value, index=node.last_applied, right=right)
    return None


@sometimes(N_("A leader is elected."), watch=("standing",))
def elected(world):
    return world.node.role == "server" and world.node.standing == LEADER


@sometimes(N_("A server leads after another one."), watch=("standing",))
def re_elected(world):
    node = world.node
    leaders = history(world).leaders
    return elected.check(world) and any(id != node.id for term, id in leaders.items() if term < node.term)


@sometimes(N_("Votes are split: two candidates in one term, and a new term after it."), watch=("standing", "term"))
def split_vote(world):
    node, past = world.node, history(world)
    if node.role != "server" or node.standing != CANDIDATE:
        return False
    before = node.term - 1
    return len(past.candidates.get(before, ())) > 1 and before not in past.leaders


@sometimes(N_("A log is repaired: a follower removes entries that its leader does not have."), watch=("log",))
def log_repaired(world):
    return history(world).logs.truncated


@sometimes(N_("A follower installs a snapshot."), watch=("_installed",))
def snapshot_installed(world):
    return world.node._installed > 0


@sometimes(N_("A new configuration is committed."), watch=("commit_index",))
def membership_changed(world):
    node = world.node
    return node.standing == LEADER and 0 < node.members_index <= node.commit_index


@sometimes(N_("A client repeats a command."), watch=("attempt",))
def client_retried(world):
    return world.node.attempt > 1


PROPERTIES = (election_safety, leader_append_only, log_matching, state_machine_safety, leader_completeness, no_acknowledged_write_lost,
              reads_are_never_stale, effects_once, elected, re_elected, split_vote, log_repaired, snapshot_installed, membership_changed,
              client_retried)
