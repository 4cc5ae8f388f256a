"""Small replicated stores for tests: one Config a design, made to fail often within a second, and what its clients saw."""

import json

from simulator.engine.clock import S
from simulator.engine.simulation import plan
from simulator.engine.system import registered
from simulator.judges.consistency.history import of_rows
from simulator.judges.consistency.judging import judge

FACTS = registered()["replicated_store"]
VIEWS = {"heartbeat_ms": 20, "failure_timeout_ms": 100, "lease_ms": 70, "resend_ms": 40}
ELECTED = {"election_timeout_min_ms": 60, "election_timeout_max_ms": 120, "heartbeat_ms": 25}
DYNAMO = {"name": "dynamo", "anti_entropy_s": 0.4, "handoff_ms": 60, "patience_ms": 20}

DESIGNS = {
    "abd": {"name": "abd", "resend_ms": 50},
    "consensus_log": {"name": "consensus_log", **ELECTED},
    "sequential": {"name": "sequential", **ELECTED},
    "causal": {"name": "causal", "gossip_ms": 50},
    "last_write_wins": DYNAMO,
    "siblings": {**DYNAMO, "conflicts": "siblings"},
    "counter": {**DYNAMO, "conflicts": "counter"},
    "strict_quorums": {**DYNAMO, "sloppy": False},
    "asynchronous": {"name": "primary_backup", "acknowledge": "async", **VIEWS},
    "semi_synchronous": {"name": "primary_backup", "acknowledge": "semi_sync", **VIEWS},
    "synchronous": {"name": "primary_backup", "acknowledge": "sync", **VIEWS},
    "chain": {"name": "chain", **VIEWS},
}
ONE_ANSWER = {"r": 1, "w": 1, "read_repair": False}
"""What makes Dynamo's quorums no quorums."""
STRONG = ("abd", "consensus_log", "synchronous", "chain")

NETWORK = {"loss": 0.03, "duplicate": 0.03, "delay": {"law": "exponential", "minimum_ms": 0.5, "mean_ms": 4}}
FAULTS = ["crash", "crash", "crash", "partition", "partition", "partition", "isolate", "pause", "cut", "slow", "slow_disk", "lose", "delay_link"]
ROUGH = {"replicas": 3, "clients": 3, "keys": 2, "think_ms": 20, "client_timeout_ms": 150, "network": NETWORK, "disk": {"fsync_ms": 1},
         "nemesis": {"rate_per_s": 14, "faults": FAULTS, "mean_duration_ms": 150, "spare": "nobody"}}
SESSIONS = ("sticky", "failover", "roaming")


def rough(design: str, seed: int, **more) -> dict:
    """A Config of the design in which much breaks; the kind of sessions goes round with the seed."""
    return {**ROUGH, "replication": DESIGNS[design], "sessions": SESSIONS[seed % 3], **more}


def built(config: dict, seed: int = 1, span_ns: int = S):
    """A Protocol that keeps nothing but what properties and judges need."""
    return FACTS.build(FACTS.config.model_validate_json(json.dumps(config)), seed, plan(span_ns), {}, {}, keep=False)


def ran(config: dict, seed: int = 1, span_ns: int = S):
    """The same, after its span."""
    protocol = built(config, seed, span_ns)
    protocol.advance(span_ns)
    return protocol


def history(protocol):
    """What its clients saw."""
    return of_rows(operation.row() for operation in protocol.cluster.operations)


def verdicts(protocol, *models: str) -> dict[str, str]:
    """Model -> yes, no or unknown."""
    return {one.model: one.verdict for one in judge(history(protocol), models)}


def breaches(protocol) -> dict:
    """The promises broken."""
    return protocol.cluster.telling.breaches


def outcomes(protocol, from_ns: int = 0, until_ns: int = 10**18, clients=None) -> list[str | None]:
    """What came of the operations that were invoked within a time, of some clients or all."""
    return [one.outcome for one in protocol.cluster.operations
            if from_ns <= one.invoked_ns < until_ns and (clients is None or one.client in clients)]
