"""What clients ask of the leader: writes through the log, and reads by one of three ways (paper, section 8; dissertation, 6.4)."""

from typing import NamedTuple

from simulator.engine.clock import ns_from_ms
from simulator.systems.raft.election import LEADER
from simulator.systems.raft.messages import ClientReply, ClientRequest, Command


class Pending(NamedTuple):
    """A read that waits: until a majority answers `round`, and the state machine has come to `index`."""

    client: str
    serial: int
    key: str
    index: int
    round: int


class Reads:
    """The part of a Server that clients talk to."""

    def on_client_request(self, m: ClientRequest, src: str) -> None:
        """A follower says who leads; the leader answers once the command is applied."""
        if self.standing != LEADER:
            return self.send(src, ClientReply(m.serial, False, None, self.leader))
        if m.f == "read" and self.options.reads.name != "log":
            return self._read(m, src)
        serial, result = self.sessions.get(src, (0, None))
        if m.serial == serial and self.options.faulty != "forgets_sessions":
            return self.send(src, ClientReply(serial, True, result, self.id))
        if m.serial >= serial:
            self.append(Command(m.f, src, m.serial, m.key, m.value))

    def _read(self, m: ClientRequest, src: str) -> None:
        """Without the log: the leader must know that it still leads, and all that was committed before it led.

        The second is so once the first entry of its own term is committed.
        """
        pending = Pending(src, m.serial, m.key, max(self.commit_index, self._first_of_term), self._round + 1)
        if self.options.faulty == "reads_without_asking":
            pending = pending._replace(index=0, round=0)
        elif self._has_lease():
            pending = pending._replace(round=0)
        self.reads = (*self.reads, pending)
        if pending.round:
            self.begin_round()
        self.answer_reads(0)

    def _has_lease(self) -> bool:
        """Whether no other server can have been elected, by this server's clock (6.4.1)."""
        too_long = self.options.faulty == "lease_is_too_long"
        if not too_long and self.options.reads.name != "lease":
            return False
        length_ns = ns_from_ms(self.options.election_timeout_min_ms)
        if too_long:
            length_ns = ns_from_ms(self.options.election_timeout_max_ms)
        else:
            length_ns = int(length_ns / self.options.reads.drift_bound)
        return self._lease_ns is not None and self.clock() - self._lease_ns < length_ns

    def answer_reads(self, proved: int) -> None:
        """Answer those whose round a majority has answered."""
        waiting = []
        for read in self.reads:
            if read.round > max(proved, self._proved) or read.index > self.last_applied:
                waiting.append(read)
            else:
                self.send(read.client, ClientReply(read.serial, True, self.store.get(read.key), self.id))
        self._proved = max(proved, self._proved)
        if len(waiting) < len(self.reads):
            self.reads = tuple(waiting)
