"""What the tests of atomic commit share: Scenarios in small, and what happened in them."""

from simulator.engine.clock import MS
from simulator.scenarios.document import parse
from simulator.scenarios.play import prepare, simulate
from simulator.systems.two_phase_commit import MESSAGES

KINDS = [message.__name__ for message in MESSAGES]


def document(config: dict, duration_s: float = 2.0, actions=(), seed: int = 1):
    """A Scenario, parsed. Actions as (ms, kind, target, params)."""
    return parse({"format": "distviz-scenario/1", "system": "two_phase_commit", "config": config, "duration_s": duration_s, "seed": seed,
                  "actions": [{"at_ns": round(at * MS), "kind": kind, "target": target, "params": params} for at, kind, target, params in actions]})


def alone(n: int, protocol: dict | None = None, delay_ms: float = 10.0, **more) -> dict:
    """One transaction that writes at `n` participants, over links of one constant delay."""
    return {"protocol": protocol or {"name": "two_phase"}, "coordinators": 1, "participants": n, "participants_per_transaction": n,
            "clients": {"law": "closed", "clients": 1, "think_ms": 0}, "transactions": 1, "stagger_ms": 0,
            "network": {"delay": {"law": "constant", "delay_ms": delay_ms}}} | more


def numbers(config: dict, duration_s: float = 2.0, actions=()) -> dict:
    """The summary's metrics by key, through `simulate`, after a look that no promise was broken."""
    summary = simulate(document(config, duration_s, actions))
    assert summary["breaches"] == []
    return {metric["key"]: metric["value"] for metric in summary["metrics"]} | {"operations": summary["operations"], "summary": summary}


class Told:
    """All that a run told: messages as (kind, src, dst, sent_ns, arrive_ns), and the rows of its other tables."""

    def __init__(self, scenario):
        """scenario: a parsed document, which is played to its end."""
        self.messages, self.rows = {}, {}
        self.nodes = None
        playing = prepare(scenario)
        for segment in playing.segments():
            names = [node["id"] for node in segment.keyframe["nodes"]]
            self.nodes = segment.keyframe["nodes"]
            table = segment.tables["messages"]
            for place, number in enumerate(table["id"]):
                src, dst = (names[table[end][place]] if table[end][place] < len(names) else "" for end in ("src", "dst"))
                times = int(table["sent_ns"][place]), int(table["arrive_ns"][place])
                self.messages[number] = (KINDS[table["kind"][place]], src, dst, *times)
            for name, rows in segment.tables.items():
                if isinstance(rows, list):
                    self.rows.setdefault(name, []).extend(rows)
        self.summary = playing.summary()

    def sent(self, kind: str) -> list[tuple]:
        """The messages of a kind, in the order in which they were sent."""
        return sorted((one for one in self.messages.values() if one[0] == kind), key=lambda one: one[3])

    def last(self, node: str, field: str):
        """The last value of a field."""
        return [row["value"] for row in self.rows["changes"] if row["node"] == node and row["field"] == field][-1]
