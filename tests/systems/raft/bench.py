"""One server of Raft on a bench: its state is set, a message is put in, and one looks at what it says."""

import json

from simulator.engine.clock import MS
from simulator.engine.network import Link
from simulator.engine.simulation import plan
from simulator.engine.system import registered
from simulator.systems.raft.messages import Command, Entry

SPAN_NS = 3600 * 10**9
DELAY_MS = 10.0


def built(config: dict, seed: int = 1, duration_ns: int = SPAN_NS):
    """A Protocol that keeps nothing but what properties need."""
    facts = registered()["raft"]
    options = facts.config.model_validate_json(json.dumps(config))
    return facts.build(options, seed, plan(duration_ns), {}, {}, keep=False)


def entries(*terms: int) -> tuple[Entry, ...]:
    """A log of entries with these terms, each with a command of its own."""
    return tuple(Entry(term, place + 1, Command("write", "client-0", place + 1, "x", f"{term}.{place + 1}")) for place, term in enumerate(terms))


def terms(server) -> list[int]:
    """The terms of a server's log."""
    return [entry.term for entry in server.log]


class Bench:
    """A cluster whose clients are quiet; every message takes 10 ms."""

    def __init__(self, servers: int = 3, **config):
        self.protocol = built({"servers": servers, "think_ms": None, "stagger_ms": 0, "network": {"delay": {"law": "constant", "delay_ms": DELAY_MS}},
                               **config})
        self.cluster = self.protocol.cluster
        self.run(0)

    def __getitem__(self, number: int):
        return self.cluster.nodes[f"server-{number}"]

    @property
    def servers(self) -> list:
        """All servers."""
        return self.cluster.of("server")

    @property
    def now_ms(self) -> float:
        """The time so far."""
        return self.protocol.now_ns / MS

    def run(self, ms: float) -> None:
        """Let everything happen for so long."""
        self.protocol.advance(self.protocol.now_ns + round(ms * MS))

    def act(self, kind: str, target: str = "", **params) -> None:
        """An Action now."""
        from simulator.engine.action import Action

        self.protocol.apply(Action(self.protocol.now_ns, kind, target, params))

    def feed(self, number: int, message, src: str | int = 1) -> list[tuple]:
        """Have a server handle `message`; [(to whom, what)] that it sent."""
        node = self[number]
        name = type(message).__name__
        handler = next(handler for kind, (_number, handler) in node.kinds.items() if kind.__name__ == name)
        return self._sent(node, lambda: handler(node, message, src if isinstance(src, str) else f"server-{src}"))

    def time_out(self, number: int, timer: str = "election") -> list[tuple]:
        """Have a timer of a server go off; what it sent."""
        node = self[number]
        return self._sent(node, getattr(node, f"on_{timer}_timeout"))

    def _sent(self, node, doing) -> list[tuple]:
        first, self.cluster.node = self.cluster.next_event, node
        doing()
        self.cluster.changed(node)
        return [(what.node.id, m) for _at, event, what, m, _handler in sorted(self.cluster.heap, key=lambda one: one[1])
                if event >= first and what.__class__ is Link]

    def elect(self, number: int = 0) -> None:
        """Have a server win an election with everybody's vote, in time."""
        self.act("stand", f"server-{number}")
        self.run(2 * DELAY_MS + 1)
        assert self[number].standing == "leader"

    def breaches(self) -> dict:
        """The promises broken so far."""
        return self.cluster.telling.breaches
