"""A client: one request at a time, repeated until it is answered, to one server after the other."""

from simulator.engine.action import ActionRefused
from simulator.engine.actor import Node
from simulator.engine.clock import MS, ns_from_ms
from simulator.engine.words import N_
from simulator.systems.multi_paxos.messages import Command, Redirect, Request, Response

PATIENCE_MS = 50.0
"""How long it waits where nobody knows a leader."""


class Client(Node):
    """pending: what it waits for. server: whom it asks. repeats: how often it had to repeat its request."""

    role = "client"

    def begin(self):
        """It waits for nothing, and knows the first server only."""
        self.pending, self.repeats = None, 0
        self.server = self.roster["server"][0]

    def on_start(self):
        """It thinks before its first request."""
        self.think()

    def think(self):
        """Until the next request."""
        self.set_timer("think", int(self.exponential(self.options.think_ms) * MS))

    def on_think_timeout(self):
        """The next request: a write or a read, of any key."""
        f = "write" if self.uniform() < self.options.write_share else "read"
        self.request(f, chr(ord("a") + self.below(self.options.keys)))

    def do_request(self, f: str, key: str) -> None:
        """It asks for this now."""
        if self.pending is not None:
            raise ActionRefused("target", N_("{node} waits for an answer already."), node=self.id)
        self.cancel_timer("think")
        self.request(f, key)

    def request(self, f: str, key: str):
        """Begin an operation; every value is written once only, so that it says who wrote it."""
        value = f"{self.id[len('client-'):]}.{self.clock() // MS}" if f == "write" else None
        number = self.invoke(f, key, value)
        self.pending = Command(self.id, number, f, key, value)
        self.transmit(self.server, ns_from_ms(self.options.client_timeout_ms))

    def transmit(self, server: str, patience_ns: int):
        """Ask `server`, and another one if it does not answer."""
        self.server = server
        self.send(server, Request(self.pending))
        self.set_timer("answer", patience_ns)

    def on_answer_timeout(self):
        """No answer: the next server may know more."""
        servers = self.roster["server"]
        self.repeats += 1
        self.transmit(servers[(servers.index(self.server) + 1) % len(servers)], ns_from_ms(self.options.client_timeout_ms))

    def on_redirect(self, m: Redirect, src: str):
        """Ask the leader; where nobody knows one, wait a little."""
        if self.pending is None or m.number != self.pending.number or src != self.server:
            return
        if m.leader is None:
            return self.set_timer("answer", ns_from_ms(PATIENCE_MS))
        self.transmit(m.leader, ns_from_ms(self.options.client_timeout_ms))

    def on_response(self, m: Response, src: str):
        """The answer; later copies of it are no news."""
        if self.pending is None or m.number != self.pending.number:
            return
        self.server, self.pending = src, None
        self.cancel_timer("answer")
        self.complete(m.number, "ok", m.result)
        self.think()
