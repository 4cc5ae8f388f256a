"""The ledger of a run: one packed row for every message, timer, start and Action, by number."""

from types import SimpleNamespace

from simulator.engine.rows import AT, CUT, DELIVERED, DOWN, DROPPED, FATE, IN_FLIGHT, LOST, MESSAGE, SIZE, WAITING, pack

COUNTED = {DELIVERED: "delivered", LOST: "lost", CUT: "cut", DOWN: "down", DROPPED: "dropped"}


class Ledger:
    """Rows from number `base` on, and the message (or a timer's about) of each in `bodies`.

    now_ns: the time of the event that is being handled, and `event` its number: the cause of what follows.
    counts: messages by what became of them, and writes to disks.
    ends, came: for the viewer, when what was not simply delivered ended, and when what had to wait came; by
    number, since they were last taken. None where nobody views.
    """

    __slots__ = ("base", "bodies", "counts", "event", "next_event", "now_ns", "others", "rows")  # read for every message

    def __init__(self):
        self.now_ns = self.next_event = self.base = self.others = 0
        self.event = -1
        self.rows = bytearray()
        self.bodies: list = []
        self.ends: dict[int, int] | None = None
        self.came: dict[int, int] | None = None
        self.counts = SimpleNamespace(lost=0, cut=0, down=0, dropped=0, delivered=0, forced=0, lazy=0)

    @property
    def sent(self) -> int:
        """Messages that have left their node so far, copies included."""
        return self.next_event - self.others

    def row(self, at_ns: int, src: int, dst: int, kind: int, what: int, cause: int | None = None) -> int:
        """A new row; its number."""
        event = self.next_event
        self.next_event = event + 1
        self.others += what != MESSAGE
        self.rows.extend(pack(self.now_ns, at_ns, self.event if cause is None else cause, src, dst, kind, IN_FLIGHT, what))
        self.bodies.append(None)
        return event

    def fate(self, event: int) -> int:
        """A row's fate; of one that is forgotten, "delivered"."""
        return self.rows[(event - self.base) * SIZE + FATE] if event >= self.base else DELIVERED

    def settled(self, event: int, fate: int) -> None:
        """Write a row's fate, and count it where it is a message."""
        place = (event - self.base) * SIZE
        self.rows[place + FATE] = fate
        if self.rows[place + FATE + 1] == MESSAGE:
            name = COUNTED.get(fate)
            if name:
                setattr(self.counts, name, getattr(self.counts, name) + 1)
        if self.ends is not None and fate != DELIVERED:
            if fate == WAITING:
                self.came.setdefault(event, self.now_ns)
            else:
                self.ends[event] = self.now_ns

    def at_ns(self, event: int) -> int:
        """When it happens, or would have."""
        place = (event - self.base) * SIZE + AT
        return int.from_bytes(self.rows[place:place + 8], "little", signed=True)

    def put_at(self, event: int, at_ns: int) -> None:
        """Change when it happens."""
        place = (event - self.base) * SIZE + AT
        self.rows[place:place + 8] = at_ns.to_bytes(8, "little", signed=True)

    def forget(self, event: int) -> None:
        """Rows before `event` are wanted no longer."""
        count = event - self.base
        if count > 0:
            del self.rows[:count * SIZE]
            del self.bodies[:count]
            self.base = event
