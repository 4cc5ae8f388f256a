"""What must always be so, whichever protocol runs, and what must come about now and then."""

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_
from simulator.systems.two_phase_commit.history import remember
from simulator.systems.two_phase_commit.participant import OPERATOR

ENDS = ("commit", "abort")
MEMORY = ("in_doubt", "decided", "heard", "told")


@always(N_("A vote that was heard is on the voter's disk."), watch=MEMORY)
def vote_before_message(world):
    """The log is written before the message is sent, so that a crash takes back nothing that was said.

    The first to be asked, and about everything that the history is made of.
    """
    remember(world)
    heard = getattr(world.node, "heard", None)
    if heard is None or heard.vote != "yes" or world.ghost.get("checked") == heard:
        return None
    world.ghost["checked"] = heard
    disk = world.disk(heard.participant).get("log", ())
    if heard.participant in world.ghost["outcomes"].get(heard.txn, {}) or any(one.kind == "prepared" and one.txn == heard.txn for one in disk):
        return None
    return Breach(N_("{participant} has voted yes on {txn}, but its disk does not say so"), participant=heard.participant, txn=heard.txn)


@always(N_("No participant commits while another aborts."), watch=("decided",))
def atomicity(world):
    """Across all participants and all of time; a decision of the operator is named where it did the damage."""
    ended = remember(world)
    if ended is None:
        return None
    txn, ends = ended[0], world.ghost["outcomes"][ended[0]]
    commits = [node for node, end in ends.items() if end.decision == "commit"]
    aborts = [node for node, end in ends.items() if end.decision == "abort"]
    if not commits or not aborts:
        return None
    by_hand = [node for node in (*commits, *aborts) if ends[node].by == OPERATOR]
    if by_hand:
        return Breach(N_("{commits} committed {txn} and {aborts} aborted it: heuristic decision of the operator at {by_hand}"),
                      commits=", ".join(commits), aborts=", ".join(aborts), txn=txn, by_hand=", ".join(by_hand))
    return Breach(N_("{commits} committed {txn} and {aborts} aborted it"), commits=", ".join(commits), aborts=", ".join(aborts), txn=txn)


@always(N_("A participant that has voted yes never decides alone."), watch=("decided",))
def nobody_decides_alone(world):
    """What it decides somebody else has told it, or the operator."""
    ended = remember(world)
    if ended is None or world.options.protocol.name == "three_phase":
        return None
    txn, end = ended
    if end.doubt_ns is not None and end.by == world.node.id:
        return Breach(N_("{node} was in doubt about {txn} and decided by itself: {decision}"), node=world.node.id, txn=txn, decision=end.decision)
    return None


@always(N_("A decision is never changed."), watch=("decided",))
def decisions_are_stable(world):
    """Also not by a crash: who forgets its decision is in doubt again, and comes to the same one."""
    ended = remember(world)
    if ended is None:
        return None
    txn, end = ended
    first = world.ghost["outcomes"][txn][world.node.id]
    if first.decision != end.decision and OPERATOR not in (first.by, end.by):
        return Breach(N_("{node} decided {first} and later {then} for {txn}"), node=world.node.id, txn=txn, first=first.decision, then=end.decision)
    return None


@always(N_("Nobody commits unless all have voted yes."), watch=("decided",))
def all_voted_yes(world):
    """All but those who only read."""
    ended = remember(world)
    if ended is None or ended[1].decision != "commit" or ended[1].by == OPERATOR:
        return None
    votes = world.ghost["voted"].get(ended[0], {})
    missing = [node for node, _branch in world.ghost["among"].get(ended[0], ()) if votes.get(node) not in ("yes", "read")]
    if missing:
        return Breach(N_("{node} committed {txn} without a yes from {missing}"), node=world.node.id, txn=ended[0], missing=", ".join(missing))
    return None


@always(N_("A commit that was heard is on the disk of who decided it."), watch=("decided",))
def decision_before_message(world):
    """The coordinator's commit record; with Paxos commit the votes on the disks of a majority of acceptors."""
    ended = remember(world)
    if ended is None or ended[1].decision != "commit" or ended[1].by not in world.roster["coordinator"]:
        return None
    txn, end = ended
    if world.options.protocol.name == "paxos_commit":
        lacking = _not_chosen(world, txn)
    else:
        kinds = {one.kind for one in world.disk(end.by).get("log", ()) if one.txn == txn}
        forgotten = getattr(world.options.protocol, "presume", "") == "commit" and not kinds
        lacking = () if "commit" in kinds or forgotten else (end.by,)
    if lacking:
        return Breach(N_("{node} has committed {txn}, but the decision is not on the disk of {lacking}"),
                      node=world.node.id, txn=txn, lacking=", ".join(lacking))
    return None


def _not_chosen(world, txn: str) -> tuple[str, ...]:
    """The acceptors whose disks lack a yes of somebody; () where a majority has them all."""
    wanted = {node for node, _branch in world.ghost["among"].get(txn, ())}
    lacking = []
    for acceptor in world.roster["acceptor"]:
        accepted = world.disk(acceptor).get("accepted", {}).get(txn, ())
        if not wanted <= {participant for participant, _ballot, vote in accepted if vote == "yes"}:
            lacking.append(acceptor)
    return tuple(lacking) if 2 * len(lacking) >= len(world.roster["acceptor"]) else ()


@always(N_("Who has voted yes waits until it is told, also after a crash."), watch=("in_doubt",))
def promises_are_kept(world):
    """A participant that has forgotten its vote has aborted without saying so."""
    remember(world)
    node = world.node
    if node.role != "participant":
        return None
    prepared = {record.txn for record in node.log if record.kind == "prepared"}
    for txn in world.ghost["held"].get(node.id, ()):
        if txn not in node.branches and txn not in node.heuristic and txn not in prepared:
            return Breach(N_("{node} has voted yes on {txn} and has forgotten it"), node=node.id, txn=txn)
    return None


@always(N_("A key that is written is locked by one transaction only."), watch=("locks", "in_doubt"))
def locks_are_exclusive(world):
    """And what is in doubt holds what it wants to write, also after a crash."""
    node = world.node
    if node.role != "participant":
        return None
    for key, lock in node.locks.items():
        if lock.write and len(lock.holders) > 1:
            return Breach(N_("{key} of {node} is locked for writing by {holders}"), key=key, node=node.id, holders=", ".join(lock.holders))
    for txn in node.in_doubt:
        for key in node.branches[txn].writes:
            if key not in node.locks or txn not in node.locks[key].holders:
                return Breach(N_("{txn} is in doubt at {node}, but does not hold {key}"), txn=txn, node=node.id, key=key)
    return None


@always(N_("What a client is told is what the participants do."), watch=("decided",))
def clients_hear_the_truth(world):
    """A transaction that a coordinator tells its client about ends in the same way everywhere."""
    ended = remember(world)
    if ended is None or ended[1].decision not in ENDS or ended[1].by == OPERATOR:
        return None
    txn, end = ended
    if world.ghost["told"].get(txn) == "commit" and end.decision == "abort":
        return Breach(N_("the client was told that {txn} is committed, but {node} has aborted it"), txn=txn, node=world.node.id)
    return None


@sometimes(N_("A transaction commits."), watch=("decided",))
def a_commit(world):
    """At some participant."""
    return any(end.decision == "commit" for end in getattr(world.node, "decided", {}).values())


@sometimes(N_("A transaction aborts."), watch=("decided",))
def an_abort(world):
    """At some participant."""
    return any(end.decision == "abort" for end in getattr(world.node, "decided", {}).values())


@sometimes(N_("A participant is in doubt."), watch=("in_doubt",))
def in_doubt(world):
    """It has voted yes and waits."""
    return bool(world.node.in_doubt)


@sometimes(N_("A participant is in doubt after a crash."), watch=("recovered",))
def recovered_in_doubt(world):
    """Its log told it."""
    return bool(world.node.recovered)


@sometimes(N_("A transaction waits for one that is in doubt."), watch=("waiting", "in_doubt"))
def blocked(world):
    """Its lock is held by a transaction whose outcome nobody there knows."""
    node = world.node
    return any(holder in node.in_doubt for one in node.waiting.values() for holder in node.locks[one.key].holders)


@sometimes(N_("A participant learns the decision from another one."), watch=("decided",))
def told_by_another(world):
    """Cooperative termination, or the termination protocol of three-phase commit."""
    ends = getattr(world.node, "decided", {}).values()
    return any(end.by in world.roster["participant"] and end.by != world.node.id and end.doubt_ns is not None for end in ends)


@sometimes(N_("A coordinator takes up a decision from its log."), watch=("open",))
def taken_up(world):
    """After a crash it goes on telling."""
    return any(not t.client and t.state in ("committing", "aborting") for t in world.node.open.values())


PROPERTIES = (vote_before_message, atomicity, nobody_decides_alone, decisions_are_stable, all_voted_yes, decision_before_message, promises_are_kept,
              locks_are_exclusive, clients_hear_the_truth,
              a_commit, an_abort, in_doubt, recovered_in_doubt, blocked, told_by_another, taken_up)
