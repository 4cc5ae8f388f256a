"""Short runs of atomic commit in which everything breaks: some milliseconds each, and yet all that can come about does."""

from collections import Counter

from simulator.engine.simulation import plan
from tests.systems.two_phase_commit.single import document

EVERYTHING = ["crash", "crash_at", "pause", "isolate", "partition", "cut", "slow", "slow_disk", "skew", "drift", "delay_link", "lose", "duplicate_link"]
CRASHES = ["crash", "crash_at"]
SHORT_S = 0.15
RESTLESS = {
    "coordinators": 1, "participants": 2, "keys": 1, "clients": {"law": "closed", "clients": 2, "think_ms": 4}, "transactions": 4,
    "no_share": 0.05, "read_share": 0.1, "stagger_ms": 2, "vote_timeout_ms": 12, "doubt_timeout_ms": 16, "resend_ms": 12,
    "lock_timeout_ms": 80, "work_timeout_ms": 60, "idle_timeout_ms": 20, "client_timeout_ms": 60}
PROTOCOLS = {
    "presumed_nothing": {"protocol": {"name": "two_phase", "presume": "nothing"}},
    "presumed_abort": {"protocol": {"name": "two_phase", "presume": "abort"}},
    "presumed_commit": {"protocol": {"name": "two_phase", "presume": "commit"}},
    "three_phase": {"protocol": {"name": "three_phase"}},
    "paxos_commit": {"protocol": {"name": "paxos_commit"}, "coordinators": 2},
}


def nemesis(faults) -> dict:
    """Many faults, which last a few round trips, on every node."""
    return {"rate_per_s": 60, "mean_duration_ms": 30, "spare": "nobody", "faults": list(faults)}


def hunt(config: dict, seeds, faults=EVERYTHING, duration_s: float = SHORT_S) -> tuple[dict[int, list[str]], Counter]:
    """(seed -> promises that were broken, what came about -> in how many runs)."""
    asked = document({**RESTLESS, "nemesis": nemesis(faults), **config}, duration_s)
    cut, broken, reached = plan(asked.duration_ns), {}, Counter()
    for seed in seeds:
        run = asked.facts.build(asked.options, seed, cut, {}, {}, keep=False)
        run.advance(asked.duration_ns)
        if run.cluster.telling.breaches:
            broken[seed] = list(run.cluster.telling.breaches)
        reached.update(list(run.cluster.telling.reached))
    return broken, reached
