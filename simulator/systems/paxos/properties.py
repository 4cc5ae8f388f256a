"""What Paxos promises, always and sometimes; sections are those of "Paxos made simple".

What was accepted is read from the disks: a vote that a crash took back was never told to anybody.
"""

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_
from simulator.parts.ballot import Ballot, lower
from simulator.systems.paxos.config import accept_quorum
from simulator.systems.paxos.roles import Learner


def chosen(world) -> dict[str, Ballot]:
    """Every value that a quorum of acceptors has ever accepted under one number, with that number."""
    ghost = world.ghost
    proposal = world.node.disk.holds.get("accepted")
    votes, found = ghost.setdefault("votes", {}), ghost.setdefault("chosen", {})
    if proposal is not None and world.node.id not in votes.get(proposal, ()):
        votes[proposal] = (*votes.get(proposal, ()), world.node.id)
        if len(votes[proposal]) >= accept_quorum(world.options):
            found.setdefault(proposal.value, proposal.ballot)
            ghost.setdefault("chosen_ns", world.now_ns)
    return found


@always(N_("Only a single value is chosen."), watch=("accepted",))
def agreement(world):
    """Safety (section 2.1)."""
    found = chosen(world)
    if len(found) > 1:
        (a, first), (b, second) = list(found.items())[:2]
        return Breach(N_("{a} was chosen with number {first}, and {b} with number {second}."), a=a, first=str(first), b=b, second=str(second))
    return None


@always(N_("Only a value that has been proposed may be chosen."), watch=("wanted", "accepted"))
def validity(world):
    """Safety (section 2.1)."""
    proposed = world.ghost.setdefault("proposed", {})
    proposed.setdefault(getattr(world.node, "wanted", None))
    accepted = getattr(world.node, "accepted", None)
    if accepted is not None and accepted.value not in proposed:
        return Breach(N_("{node} accepted {value}, which no client has proposed."), node=world.node.id, value=accepted.value)
    return None


@always(N_("A process never learns that a value has been chosen unless it actually has been."), watch=("accepted", "learned"))
def learning(world):
    """Safety (section 2.1)."""
    found = chosen(world)
    learned = getattr(world.node, "learned", None)
    if learned is not None and learned not in found:
        return Breach(N_("{node} learned {value}, which no quorum has accepted under one number."), node=world.node.id, value=learned)
    return None


@always(N_("An acceptor accepts no proposal below a number that it has promised to."), watch=("promises", "accepted"))
def promise_kept(world):
    """P1a (section 2.2). A promise counts from when a proposer has it."""
    node, kept, known = world.node, world.ghost.setdefault("promised", {}), world.ghost.setdefault("known", set())
    for acceptor in getattr(node, "promises", ()):
        kept[acceptor] = max(kept.get(acceptor, node.ballot), node.ballot)
    accepted = getattr(node, "accepted", None)
    if accepted is None or (node.id, accepted) in known:  # not new: it was there before the promise
        return None
    known.add((node.id, accepted))
    if lower(accepted.ballot, kept.get(node.id)):
        return Breach(N_("{node} accepted number {ballot} after it had promised to accept nothing below {promised}."),
                      node=node.id, ballot=str(accepted.ballot), promised=str(kept[node.id]))
    return None


@always(N_("Different proposals have different numbers."), watch=("value",))
def one_value_a_number(world):
    """Section 2.2."""
    node, values = world.node, world.ghost.setdefault("values", {})
    value = getattr(node, "value", None)
    if value is not None and values.setdefault(node.ballot, value) != value:
        return Breach(N_("Number {ballot} was used for {a} and for {b}."), ballot=str(node.ballot), a=values[node.ballot], b=value)
    return None


@sometimes(N_("A value is chosen."), watch=("accepted",))
def a_value_is_chosen(world):
    """Progress."""
    return bool(chosen(world))


@sometimes(N_("A proposal is refused, for a higher number was promised."), watch=("refused",))
def a_proposal_is_refused(world):
    """The beginning of a duel (section 2.4)."""
    return getattr(world.node, "refused", 0) > 0


@sometimes(N_("A proposer adopts a value that was accepted under a lower number."), watch=("value",))
def a_value_is_adopted(world):
    """P2c (section 2.2)."""
    node = world.node
    return getattr(node, "value", None) is not None and node.wanted is not None and node.value != node.wanted


@sometimes(N_("A learner that missed something finds out by asking."), watch=("learned",))
def a_learner_catches_up(world):
    """Section 2.3."""
    return getattr(world.node, "learned", None) is not None and world.node.asked > 0


@sometimes(N_("All that learn have learned."), watch=("learned",))
def all_have_learned(world):
    """Progress."""
    return all(node.learned is not None for node in world.nodes.values() if isinstance(node, Learner))


PROPERTIES = (agreement, validity, learning, promise_kept, one_value_a_number, a_value_is_chosen, a_proposal_is_refused,
              a_value_is_adopted, a_learner_catches_up, all_have_learned)
