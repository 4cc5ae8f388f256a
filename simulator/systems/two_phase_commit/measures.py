"""What is measured: messages and forced writes for each transaction, times of doubt, of waiting and of deciding."""

from collections import Counter

from simulator.engine.words import N_
from simulator.systems.two_phase_commit.messages import COMMITTING

MS = 1e6


def metrics(world) -> list[tuple]:
    """What the summary tells beside the usual; per transaction: per one that a coordinator decided."""
    sums = world.ghost.get("sums", Counter())
    transactions = sums["commit"] + sums["abort"]
    sent = world.sent_kinds()
    messages = sum(sent[message.__name__] for message in COMMITTING)
    return [
        ("committed", N_("Transactions committed"), sums["commit"], ""),
        ("aborted", N_("Transactions aborted"), sums["abort"], ""),
        ("messages", N_("Messages of the commit for each transaction"), _mean(messages, transactions), ""),
        ("forced", N_("Forced writes for each transaction"), _mean(world.counts.forced, transactions), ""),
        ("decide_ms", N_("Decision after Prepare, mean"), _mean(sums["decided_ns"] / MS, sums["decided"]), "ms"),
        ("doubt_ms", N_("In doubt, mean"), _mean(sums["doubt_ns"] / MS, sums["doubts"]), "ms"),
        ("longest_doubt_ms", N_("In doubt, longest that is over"), world.ghost.get("longest_ns", 0) / MS, "ms"),
        ("lock_wait_ms", N_("Wait for locks at a participant, mean"), _mean(sums["waited_ns"] / MS, sums["branches"]), "ms"),
        ("in_doubt", N_("In doubt at the end"), doubting(world), ""),
        ("waiting", N_("Waiting for locks at the end"), waiting(world), ""),
    ]


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None


def doubting(world) -> int:
    """Branches in doubt now, on nodes that are down too: the locks of these come back with them."""
    return sum(len(node.in_doubt) for node in world.of("participant"))


def waiting(world) -> int:
    """Branches that wait for a lock now."""
    return sum(len(node.waiting) for node in world.of("participant") if node.state != "down")


def longest_doubt_s(world) -> float:
    """How long the oldest doubt has lasted, in s, by the clock of who is in doubt."""
    since = [node.clock() - since_ns for node in world.of("participant") for since_ns in node.in_doubt.values()]
    return max(0.0, max(since, default=0) / 1e9)


GAUGES = {
    "in_doubt": (N_("In doubt"), "", doubting),
    "waiting": (N_("Waiting for locks"), "", waiting),
    "oldest_doubt_s": (N_("Oldest doubt"), "s", longest_doubt_s),
}
