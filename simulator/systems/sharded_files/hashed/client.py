"""A client of the hashed design: it computes whom to ask, and is told where that is out of date."""

from simulator.engine.clock import S, ns_from_ms
from simulator.systems.sharded_files.hashed.layouts import first, shard_of, table
from simulator.systems.sharded_files.hashed.messages import FileReply, FileRequest
from simulator.systems.sharded_files.workload import Workload

HINTS = 3
"""Hints that it follows at once; then it waits, lest two nodes that are at a move send it to and fro."""


class HashedClient(Workload):
    """membership: what it knows of the layouts. redirected: how often it was sent elsewhere. serial: of its latest operation, on the disk.

    _request: what is asked for, from when its bytes are through until it is answered.
    """

    durable = ("serial",)

    def begin(self) -> None:
        """It knows the layout that the run began with."""
        super().begin()
        self.serial, self.redirected, self.membership = 0, 0, first(self.options, self.roster["data_node"])
        self._request, self._until_ns, self._hints = None, 0, 0

    def create(self, file: str, mb: float) -> None:
        """A new file."""
        self._begin("create", file, mb)

    def write(self, file: str, mb: float) -> None:
        """All of a file anew."""
        self._begin("write", file, mb)

    def append(self, file: str, mb: float) -> None:
        """More at its end."""
        self._begin("append", file, mb)

    def read(self, file: str) -> None:
        """All of it."""
        self._begin("read", file, 0.0)

    def delete(self, file: str) -> None:
        """No longer there."""
        self._begin("delete", file, 0.0)

    def _begin(self, f: str, file: str, mb: float) -> None:
        self.serial += 1
        self.persist("serial")
        self._until_ns = self.clock() + round(mb / self.options.network_mb_s * S) + ns_from_ms(self.options.client_timeout_ms)
        self.set_timer("through", round(mb / self.options.network_mb_s * S), FileRequest(self.serial, f, file, mb))

    def on_through_timeout(self, about) -> None:
        """The bytes of a write are through to the node, which can do it now; or those of a read, which is over."""
        if isinstance(about, FileRequest):
            self._request = about
            self._ask(None)
        else:
            self.over("ok", about)

    def _ask(self, owner: str | None) -> None:
        computed = table(self.options, self.membership.layouts[-1])[shard_of(self.options, self._request.file)][0]
        self.send(owner or computed, self._request)
        self.set_timer("retry", ns_from_ms(self.options.design.repeat_ms))

    def on_retry_timeout(self) -> None:
        """Nobody answered: the same again, or give up."""
        if self._request is None:
            return
        if self.clock() < self._until_ns:
            self._hints = 0
            return self._ask(None)
        outcome = "fail" if self._request.f == "read" else "info"
        self._request = None
        self.over(outcome)

    def on_file_reply(self, m: FileReply, src: str) -> None:
        """It is done, or somebody else is in charge."""
        if self._request is None or m.serial != self._request.serial:
            return
        if not m.ok:
            return self._redirected(m)
        self.cancel_timer("retry")
        asked, self._request, self._hints = self._request, None, 0
        if asked.f != "read":
            self.over("ok", m.record.mb)
        elif m.record is None or m.record.gone:
            self.over("fail")
        else:
            self.set_timer("through", round(m.record.mb / self.options.network_mb_s * S), m.record.mb)

    def _redirected(self, m: FileReply) -> None:
        self.redirected += 1
        if m.membership.edition > self.membership.edition:
            self.membership = m.membership
        if m.owner is not None and self._hints < HINTS:
            self._hints += 1
            self._ask(m.owner)
