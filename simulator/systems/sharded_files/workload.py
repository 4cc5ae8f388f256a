"""Clients: what they want, when; a design says how it is done.

A design's client is a Workload with a method for each of create(file, mb), write(file, mb), append(file, mb),
read(file), delete(file), which calls `over` when the operation has ended.
"""

from simulator.engine.actor import Node
from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.sharded_files.files import drawn_mb, number

KINDS = ("create", "write", "append", "read", "delete")
BUSY = N_("{client} is busy with {doing}.")


class Workload(Node):
    """One operation after the other.

    doing: "read f3", or "" between two operations. own: names of files that it made and has not deleted.
    done: operations that are over. What it draws does not depend on how earlier ones fared, but for the files
    that it may choose from: those of the beginning, and its own.
    """

    role = "client"

    def begin(self) -> None:
        """Nothing asked for yet."""
        self.doing, self.own, self.done = "", (), 0
        self._operation, self._made = None, 0

    def on_start(self) -> None:
        """It thinks first."""
        self._think()

    def _think(self) -> None:
        if self.options.think_ms is not None:
            self.set_timer("think", round(self.exponential(ns_from_ms(self.options.think_ms))))

    def on_think_timeout(self) -> None:
        """It is time for an operation."""
        if self.doing:
            return
        kind = self._kind()
        file = self._new() if kind == "create" else self._some(0 if kind == "delete" else self.options.files)
        mb = drawn_mb(self.options.size, max(self.uniform(), 1e-9)) if kind in ("create", "write") else self.options.append_mb
        if kind is None or file is None:
            return self._think()
        self.ask(kind, file, mb)

    def ask(self, kind: str, file: str, mb: float) -> None:
        """Begin an operation."""
        self.doing = f"{kind} {file}"
        self._operation = self.invoke(kind, key=file, value=None if kind in ("read", "delete") else mb)
        getattr(self, kind)(file, *(() if kind in ("read", "delete") else (mb,)))

    def over(self, outcome: str, result=None) -> None:
        """The operation has ended, well ("ok"), not at all ("fail"), or nobody knows how ("info")."""
        kind, file = self.doing.split(" ")
        operation, self.doing, self._operation, self.done = self._operation, "", None, self.done + 1
        if kind == "create" and outcome == "ok":
            self.own = (*self.own, file)
        if kind == "delete" and outcome == "ok":
            self.own = tuple(one for one in self.own if one != file)
        self.complete(operation, outcome, result)
        self._think()

    def by_hand(self, kind: str, file: str, mb: float = 0.0) -> dict:
        """An Action asks for an operation; it is not done while another one is under way."""
        if self.doing:
            self.note(BUSY, client=self.id, doing=self.doing)
        else:
            self.cancel_timer("think")
            self.ask(kind, file or self._some(self.options.files) or "f0", mb)
        return {"file": file or self.doing}

    def do_create(self, file: str, mb: float) -> dict:
        """An Action."""
        return self.by_hand("create", file or self._new(), mb)

    def do_write(self, file: str, mb: float) -> dict:
        """An Action."""
        return self.by_hand("write", file, mb)

    def do_append(self, file: str, mb: float) -> dict:
        """An Action."""
        return self.by_hand("append", file, mb)

    def do_read(self, file: str) -> dict:
        """An Action."""
        return self.by_hand("read", file)

    def do_delete(self, file: str) -> dict:
        """An Action."""
        return self.by_hand("delete", file)

    # Chance

    def _kind(self) -> str | None:
        shares = [getattr(self.options.mix, kind) for kind in KINDS]
        at = self.uniform() * sum(shares)
        for kind, share in zip(KINDS, shares, strict=True):
            at -= share
            if at < 0:
                return kind
        return None

    def _new(self) -> str:
        self._made += 1
        return f"c{number(self.id)}.{self._made}"

    def _some(self, first: int) -> str | None:
        """One of the `first` files of the beginning or of its own; None where there is none."""
        among = first + len(self.own)
        if not among:
            return None
        nth = self.below(among)
        return f"f{nth}" if nth < first else self.own[nth - first]
