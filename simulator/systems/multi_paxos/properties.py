"""What multi-Paxos promises, always and sometimes.

The history keeps, slot by slot, the command that was decided and what a single server would hold after it;
what was accepted is read from the disks, for a vote that a crash took back was never told to anybody.
"""

from typing import NamedTuple

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_
from simulator.parts.ballot import lower
from simulator.systems.multi_paxos.config import quorum
from simulator.systems.multi_paxos.messages import NOOP
from simulator.systems.multi_paxos.server import Server


class After(NamedTuple):
    """What one server that executes the slots in order holds after one of them."""

    store: dict
    executed: int


class History:
    """Everything that was accepted and decided so far.

    decided: slot -> command. after: by slot, from 0. slots: (client, number) -> the slot where it was executed.
    clash: the first (slot, one command, another) that were both chosen or decided.
    """

    def __init__(self, options):
        self.quorum = quorum(options)
        self.decided, self.votes, self.slots = {}, {}, {}
        self.seen_votes, self.seen_logs = {}, {}
        self.after = [After({}, 0)]
        self.latest: dict[str, int] = {}
        self.clash = None

    def see(self, node) -> None:
        """Take note of what `node` has accepted (as its disk holds it) and knows to be decided."""
        votes, log = node.disk.holds.get("accepted", {}), node.log
        before = self.seen_votes.get(node.id, {})
        if votes is not before:
            self.seen_votes[node.id] = votes
            for slot, vote in votes.items():
                if before.get(slot) is not vote:
                    self._vote(node.id, slot, vote)
        before = self.seen_logs.get(node.id, {})
        if log is not before:
            self.seen_logs[node.id] = log
            for slot, command in log.items():
                if slot not in before:
                    self._decide(slot, command)

    def state(self, slot: int) -> After | None:
        """What there is after `slot`; None where an earlier slot is not decided yet."""
        while len(self.after) <= slot and len(self.after) in self.decided:
            self._execute(len(self.after), self.decided[len(self.after)])
        return self.after[slot] if slot < len(self.after) else None

    def _vote(self, acceptor: str, slot: int, vote) -> None:
        who = self.votes.setdefault((slot, vote), [])
        if acceptor not in who:
            who.append(acceptor)
            if len(who) == self.quorum:
                self._decide(slot, vote.command)

    def _decide(self, slot: int, command) -> None:
        if self.decided.setdefault(slot, command) != command and self.clash is None:
            self.clash = (slot, self.decided[slot], command)

    def _execute(self, slot: int, command) -> None:
        store, executed = self.after[-1]
        if command != NOOP and command.number > self.latest.get(command.client, -1):
            self.latest[command.client], executed = command.number, executed + 1
            self.slots[command.client, command.number] = slot
            if command.f == "write":
                store = {**store, command.key: command.value}
        self.after.append(After(store, executed))


def history(world) -> History:
    """The history, with what the node of this event has added."""
    if "history" not in world.ghost:
        world.ghost["history"] = History(world.options)
    found = world.ghost["history"]
    if isinstance(world.node, Server):
        found.see(world.node)
    return found


@always(N_("At most one command is chosen for a slot."), watch=("accepted", "log"))
def one_command_a_slot(world):
    """Consensus, once for each slot."""
    found = history(world)
    if found.clash is None:
        return None
    slot, one, other = found.clash
    return Breach(N_("Slot {slot} holds {a}, and also {b}."), slot=slot, a=_said(one), b=_said(other))


@always(N_("A server votes for nothing below a number that it has promised to."), watch=("promises", "accepted"))
def promise_kept(world):
    """P1a of Lamport 2001. A promise counts from when the one that asked for it has it."""
    node, kept, known = world.node, world.ghost.setdefault("promised", {}), world.ghost.setdefault("known", set())
    if not isinstance(node, Server):
        return None
    for acceptor in node.promises:
        kept[acceptor] = max(kept.get(acceptor, node.ballot), node.ballot)
    fresh = [(node.id, slot, vote) for slot, vote in node.accepted.items() if (node.id, slot, vote) not in known]
    known.update(fresh)
    for _id, slot, vote in fresh:
        if lower(vote.ballot, kept.get(node.id)):
            return Breach(N_("{node} voted in slot {slot} under number {ballot} after it had promised to vote for nothing below {promised}."),
                          node=node.id, slot=slot, ballot=str(vote.ballot), promised=str(kept[node.id]))
    return None


@always(N_("A command is executed only when all slots before it are decided."), watch=("applied",))
def no_gaps(world):
    """So that logs are prefixes of each other."""
    node = world.node
    if isinstance(node, Server) and history(world).state(node.applied) is None:
        return Breach(N_("{node} has executed slot {slot}, but an earlier slot is not decided."), node=node.id, slot=node.applied)
    return None


@always(N_("No command is executed twice."), watch=("executed", "applied"))
def once_only(world):
    """Repeated requests are recognised."""
    node = world.node
    after = history(world).state(node.applied) if isinstance(node, Server) else None
    if after is not None and node.executed != after.executed:
        return Breach(N_("{node} has executed {count} commands up to slot {slot}, where there are {right}."),
                      node=node.id, count=node.executed, slot=node.applied, right=after.executed)
    return None


@always(N_("Replicas that have executed equally many slots hold the same."), watch=("store", "applied"))
def same_state(world):
    """State machine replication (Schneider 1990)."""
    node = world.node
    after = history(world).state(node.applied) if isinstance(node, Server) else None
    if after is not None and node.store != after.store:
        return Breach(N_("{node} does not hold after slot {slot} what the log says."), node=node.id, slot=node.applied)
    return None


@always(N_("A read returns what was there between its call and its answer, and time never runs backwards."), watch=("operations",))
def fresh_answers(world):
    """Each operation takes effect after all that were answered before it was called."""
    operation, found = world.operation, history(world)
    floors = world.ghost.setdefault("floors", {})
    if operation.completed_ns is None:
        floors[operation.id] = world.ghost.get("answered", 0)
        return None
    if operation.outcome != "ok":  # the client crashed: nobody got an answer
        return None
    floor, top = floors.pop(operation.id), len(found.after) - 1
    slot = found.slots.get((operation.client, operation.id))
    world.ghost["answered"] = max(world.ghost.get("answered", 0), slot or 0)
    if slot is not None and slot <= floor:
        return Breach(N_("{client}'s command took effect in slot {slot}, but slot {floor} had been answered before it was sent."),
                      client=operation.client, slot=slot, floor=floor)
    since = max(floor, 0 if slot is None else slot)
    values = [found.after[at].store.get(operation.key) for at in range(since, (top if slot is None else slot) + 1)]
    if operation.f == "read" and operation.result not in values:
        return Breach(N_("{client} read {result} from {key}, which was overwritten before it asked."),
                      client=operation.client, result=operation.result, key=operation.key)
    return None


def _said(command) -> str:
    """A command in short."""
    if command == NOOP:
        return "no-op"
    return " ".join(part for part in (command.client, command.f, command.key, command.value) if part)


@sometimes(N_("A client gets an answer."), watch=("operations",))
def a_command_is_executed(world):
    """Progress."""
    return world.operation.outcome == "ok"


@sometimes(N_("A second server leads."), watch=("phase",))
def the_leader_changes(world):
    """Elections."""
    leaders = world.ghost.setdefault("leaders", {})
    if getattr(world.node, "phase", "") == "leading":
        leaders[world.node.id] = True
    return len(leaders) > 1


@sometimes(N_("A new leader proposes what an earlier one had begun."), watch=("proposals",))
def a_proposal_is_adopted(world):
    """P2c."""
    node = world.node
    return isinstance(node, Server) and any(slot in node.found for slot in node.proposals)


@sometimes(N_("A gap is filled with a no-op."), watch=("log",))
def a_gap_is_filled(world):
    """Section 3 of Lamport 2001."""
    return isinstance(world.node, Server) and NOOP in world.node.log.values()


@sometimes(N_("A repeated command stands in two slots, and is executed once."), watch=("applied",))
def a_repetition_is_recognised(world):
    """At most once."""
    node = world.node
    if not isinstance(node, Server) or node.applied < 1:
        return False
    command = node.log.get(node.applied, NOOP)
    return command != NOOP and history(world).slots.get((command.client, command.number)) != node.applied


@sometimes(N_("A replica that fell far behind takes over the state of another."), watch=("copies",))
def a_replica_catches_up(world):
    """What has been forgotten cannot be repeated."""
    return getattr(world.node, "copies", 0) > 0


PROPERTIES = (one_command_a_slot, promise_kept, no_gaps, once_only, same_state, fresh_answers,
              a_command_is_executed, the_leader_changes, a_proposal_is_adopted, a_gap_is_filled,
              a_repetition_is_recognised, a_replica_catches_up)
