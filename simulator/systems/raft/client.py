"""Clients, which ask until they are answered, and the administrator, who changes the configuration."""

from typing import NamedTuple

from simulator.engine.action import ActionRefused
from simulator.engine.actor import Node
from simulator.engine.clock import S, ns_from_ms
from simulator.engine.words import N_
from simulator.parts.asking import Asker
from simulator.systems.raft.messages import AddServer, ClientReply, ClientRequest, Joining, MembershipReply, RemoveServer

HINTS = 3
"""Hints that a client follows at once; then it waits, lest two servers that are wrong send it to and fro."""
FEWEST_LEFT = 3
"""Servers that the administrator leaves when it changes the configuration by itself."""


class Asked(NamedTuple):
    """An operation under way. number: of the operation in the history. until_ns: when the client gives up."""

    number: int
    f: str
    key: str
    value: object
    until_ns: int


class Seeker(Node):
    """Somebody who looks for the leader among the servers."""

    def begin(self):
        """It has no idea who leads."""
        servers = self.roster["server"]
        self.asking = servers[self.index % len(servers)]

    def ask_next(self) -> None:
        """Turn to another server: the next of those that the run began with."""
        servers = self.roster["server"]
        place = servers.index(self.asking) + 1 if self.asking in servers else 0
        self.asking = servers[place % len(servers)]


class Client(Asker, Seeker):
    """Asks one thing at a time; repeats it, at another server, until it is answered or too old.

    serial: of the operation under way or the last one; on the disk, for a serial must never come back with
    another command. attempt: how often it was sent. asking: which server. waiting: what is to be asked next.
    """

    role = "client"
    durable = ("serial",)

    def begin(self):
        """Nothing is under way."""
        super().begin()
        self.serial, self.attempt, self.current, self.waiting = 0, 0, None, ()
        self._hints = 0

    def on_think_timeout(self) -> None:
        """The next operation: a write or a read of one of the keys."""
        if self.current is not None:
            return
        key = "xyzuvwabcdefghijklmnopqrst"[self.below(self.options.keys)]
        if self.uniform() < self.options.write_share:
            self.ask("write", key, f"{self.id.rpartition('-')[2]}.{self.serial + 1}")
        else:
            self.ask("read", key, None)

    def do_write(self, key: str, value: str) -> dict:
        """A write given by hand."""
        return self.given("write", key, value)

    def do_read(self, key: str) -> dict:
        """A read given by hand."""
        return self.given("read", key, None)

    def ask(self, f: str, key: str, value) -> None:
        """Invoke it, and send it to whoever is taken for the leader."""
        self.serial += 1
        self.persist("serial")
        until_ns = self.clock() + ns_from_ms(self.options.give_up_ms)
        self.current = Asked(self.invoke(f, key, value), f, key, value, until_ns)
        self.attempt = 0
        self._send()

    def _send(self) -> None:
        self.attempt, self._hints = self.attempt + 1, 0
        self._request()
        self.set_timer("retry", ns_from_ms(self.options.client_timeout_ms))

    def _request(self) -> None:
        self.send(self.asking, ClientRequest(self.serial, self.current.f, self.current.key, self.current.value))

    def on_retry_timeout(self) -> None:
        """No answer: repeat the same command, with the same serial, at another server; or give up."""
        if self.current is None:
            return
        if self.clock() >= self.current.until_ns:
            # A read that nobody answered has changed nothing; a write may still take effect at any later time.
            return self._over("fail" if self.current.f == "read" else "info", None)
        self.ask_next()
        self._send()

    def on_client_reply(self, m: ClientReply, src: str) -> None:
        """The result, or a hint who leads."""
        if self.current is None or m.serial != self.serial:
            return
        if m.ok:
            self.asking = src
            self._over("ok", m.value)
        elif src == self.asking and m.leader in (None, src):
            self.ask_next()
            self.set_timer("retry", ns_from_ms(self.options.retry_pause_ms))
        elif src == self.asking and self._hints < HINTS:
            self._hints += 1
            self.asking = m.leader
            self._request()

    def _over(self, outcome: str, result) -> None:
        self.cancel_timer("retry")
        number, self.current = self.current.number, None
        self.complete(number, outcome, result)
        self.think()


class Administrator(Seeker):
    """Asks the leader to add and remove servers, until it is told that this was done (dissertation, figure 4.1).

    changes: server -> "add" or "remove", under way. out: servers that it removed by itself and will add again.
    """

    role = "administrator"

    def begin(self):
        """Nothing to change."""
        super().begin()
        self.changes, self.out = {}, ()

    def on_start(self):
        """Where the Config says so, it changes the configuration by itself, again and again."""
        if self.options.change_every_s is not None:
            self.set_timer("change", int(self.options.change_every_s * S))

    def on_change_timeout(self) -> None:
        """Remove a server, or add one again that was removed."""
        servers = self.roster["server"]
        inside = [server for server in servers if server not in self.out]
        if len(inside) > FEWEST_LEFT and (not self.out or self.uniform() < 0.5):
            server = inside[self.below(len(inside))]
            self.out = (*self.out, server)
            self.change("remove", server)
        elif self.out:
            server, self.out = self.out[0], self.out[1:]
            self.change("add", server)
        self.set_timer("change", int(self.options.change_every_s * S))

    def on_joining(self, _m: Joining, src: str) -> None:
        """A new machine is to be added."""
        self.change("add", src)

    def do_change(self, how: str, server: str) -> None:
        """A change of the configuration given by hand."""
        if server in self.changes:
            raise ActionRefused("target", N_("A change of {server} is under way already."), server=server)
        self.change(how, server)

    def change(self, how: str, server: str) -> None:
        """Ask the leader for it, and again until it says that it is done."""
        self.changes = {**self.changes, server: how}
        self._send(server)

    def _send(self, server: str) -> None:
        message = AddServer if self.changes[server] == "add" else RemoveServer
        self.send(self.asking, message(server))
        self.set_timer("retry", ns_from_ms(self.options.client_timeout_ms), server)

    def on_retry_timeout(self, server: str) -> None:
        """Nobody answered, or not with yes."""
        if server in self.changes:
            self.ask_next()
            self._send(server)

    def on_membership_reply(self, m: MembershipReply, src: str) -> None:
        """It is done, or who leads, or later."""
        if m.server not in self.changes:
            return
        if m.status == "ok":
            self.asking = src
            self.changes = {server: how for server, how in self.changes.items() if server != m.server}
            self.cancel_timer("retry", m.server)
        elif m.status == "not leader" and m.leader not in (None, src):
            self.asking = m.leader
            self.set_timer("again", ns_from_ms(self.options.retry_pause_ms), m.server)

    def on_again_timeout(self, server: str) -> None:
        """Ask the server that the hint named."""
        if server in self.changes:
            self._send(server)
