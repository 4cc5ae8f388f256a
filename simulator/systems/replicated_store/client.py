"""Clients: one operation at a time, with a session; how an operation is carried out is the design's affair."""

from typing import NamedTuple

from simulator.engine.clock import S, ns_from_ms
from simulator.parts.asking import Asker
from simulator.systems.replicated_store.messages import Answer, Request, Tag

LETTERS = "xyzabcdefghijklmnopqrstuvw"


class Asked(NamedTuple):
    """An operation under way. number: of the operation in the history; they rise, and no client has another's."""

    number: int
    f: str
    key: str
    value: object


class Told(NamedTuple):
    """What came with the last answer, for the properties."""

    number: int
    tag: Tag | None
    epoch: int | None
    copies: int


class Client(Asker):
    """Thinks, asks, waits for the answer. current: the operation under way. waiting: operations given by hand.

    home: the replica that it turns to first. Where sessions are sticky that never changes; with failover it is the
    next one after an operation that failed; without sticky sessions it is drawn anew for each.
    """

    role = "client"

    def begin(self):
        """Nothing is under way."""
        replicas = self.roster["replica"]
        self.current, self.waiting = None, ()
        self.home = replicas[int(self.id.rpartition("-")[2]) % len(replicas)]
        self._told = None

    def on_think_timeout(self) -> None:
        """The next operation, a read or a write of one of the keys; from `write_until_s` on only reads."""
        if self.current is not None:
            return
        key = self.below(self.options.keys)
        key = LETTERS[key] if key < len(LETTERS) else f"k{key}"
        reads = self.uniform() < self.options.read_share
        until_s = self.options.write_until_s
        if reads or (until_s is not None and self.cluster.now_ns >= until_s * S):
            self.ask("read", key, None)
        else:
            self.ask(self.write_is_called(), key, None)

    def write_is_called(self) -> str:
        """The kind of operation that changes something."""
        return "write"

    def do_write(self, key: str, value: str) -> dict:
        """A write given by hand."""
        return self.given(self.write_is_called(), key, value)

    def do_read(self, key: str) -> dict:
        """A read given by hand."""
        return self.given("read", key, None)

    def ask(self, f: str, key: str, value) -> None:
        """Invoke it. A value that nobody gave is one that nobody writes twice: it says who wrote it."""
        if f == "write" and value is None:
            value = f"{self.id.rpartition('-')[2]}.{self._serial()}"
        if f == "add":
            value = 1
        self.current = Asked(self.invoke(f, key, value), f, key, value)
        if self.options.sessions == "roaming":
            self.home = self.roster["replica"][self.below(len(self.roster["replica"]))]
        self.set_timer("give_up", ns_from_ms(self.options.client_timeout_ms))
        self.carry_out()

    def _serial(self) -> int:
        return len(self.cluster.operations) + 1

    def carry_out(self) -> None:
        """Have `current` carried out."""
        raise NotImplementedError

    def on_give_up_timeout(self) -> None:
        """No answer in time: a read has changed nothing, a write may take effect at any later time."""
        if self.current is not None:
            self.finish("fail" if self.current.f == "read" or self.is_without_effect() else "info")

    def is_without_effect(self) -> bool:
        """Whether the write under way has certainly changed nothing so far, and will not."""
        return False

    def finish(self, outcome: str, result=None, tag: Tag | None = None, epoch: int | None = None, copies: int = 1) -> None:
        """The operation under way is over."""
        self.cancel_timer("give_up")
        asked, self.current = self.current, None
        self._told = Told(asked.number, tag, epoch, copies)
        if outcome != "ok" and self.options.sessions == "failover":
            replicas = self.roster["replica"]
            self.home = replicas[(replicas.index(self.home) + 1) % len(replicas)]
        self.complete(asked.number, outcome, result)
        self.think()


class Guest(Client):
    """A client that has one replica carry its operations out. after: what its session has seen, as the design has it; it is kept
    on the client's disk, for a client that comes back is the same one to whoever judges its history.
    """

    durable = ("after",)

    def begin(self):
        """Its session has seen nothing."""
        super().begin()
        self.after = None

    def carry_out(self) -> None:
        """Ask the replica; once only, for nothing must happen twice."""
        asked = self.current
        self.send(self.home, Request(self.id, asked.number, asked.f, asked.key, asked.value, self.after))

    def on_answer(self, m: Answer, src: str) -> None:
        """The result or a refusal; later copies are no news."""
        if self.current is None or m.number != self.current.number:
            return
        if not m.ok:
            return self.finish("fail" if m.certain or self.current.f == "read" else "info")
        if m.after is None or self.merged(m.after) == self.after:
            return self.on_session_kept(m)
        self.after = self.merged(m.after)
        self.persist("after", then="session_kept", about=m)

    def on_session_kept(self, m: Answer) -> None:
        """Now the answer counts."""
        if self.current is not None and m.number == self.current.number:
            self.finish("ok", m.value, m.tag, m.epoch, m.copies)

    def merged(self, after):
        """What the session has seen, with what an answer says: an index, or a vector clock."""
        if self.after is None:
            return after
        if isinstance(after, tuple):
            return tuple(max(one, other) for one, other in zip(self.after, after, strict=True))
        return max(self.after, after)
