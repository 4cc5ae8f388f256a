"""Which Segment of a Run one client gets next: at most four on the way, what it needs first.

Pure: no clock, no socket, no database. `now` is seconds from any fixed moment.
"""

from collections import deque

AT_MOST = 4
"""Unacknowledged Segments of one Run to one client."""

STUCK_S = 30.0
"""A client that acknowledges nothing for so long is dropped."""


class Window:
    """One client's view of one Run's Segments."""

    def __init__(self, have: int, stored: int):
        have = min(have, stored - 1)  # nobody holds what is not stored
        self.stored = stored
        self.gone = set(range(have + 1))  # held by the client or on the way to it
        self.cursor = have + 1
        self.on_the_way = deque()
        self.since = 0.0

    @property
    def full(self) -> bool:
        """Whether nothing more may be sent before an acknowledgement."""
        return len(self.on_the_way) >= AT_MOST

    @property
    def waiting(self) -> bool:
        """Whether there is a Segment that could be sent now."""
        return self.next() is not None

    def next(self) -> int | None:
        """The Segment to send now; None where the window is full or nothing is missing."""
        if self.full:
            return None
        if self.cursor >= self.stored and len(self.gone) >= self.stored:
            return None  # nothing is missing: the usual case, without looking at every number
        after = (number for number in range(self.cursor, self.stored) if number not in self.gone)
        before = (number for number in range(min(self.cursor, self.stored)) if number not in self.gone)
        return next(after, next(before, None))

    def sent(self, number: int, now: float) -> None:
        """`number` is on its way."""
        if not self.on_the_way:
            self.since = now
        self.gone.add(number)
        self.on_the_way.append(number)
        if number == self.cursor:
            self.cursor += 1

    def acknowledge(self, number: int, now: float) -> bool:
        """`number` arrived, and so did what was sent before it. False where it was not on the way."""
        if number not in self.on_the_way:
            return False
        while self.on_the_way.popleft() != number:
            pass
        self.since = now
        return True

    def need(self, number: int) -> None:
        """The client wants `number` first, then what follows; again, where it had it and dropped it."""
        self.cursor = number
        if number not in self.on_the_way:
            self.gone.discard(number)

    def stuck_at(self) -> float | None:
        """When this client counts as stuck, unless it acknowledges something; None where nothing is on the way."""
        return self.since + STUCK_S if self.on_the_way else None
