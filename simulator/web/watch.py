"""What one socket remembers about one Run it watches, and how often it may speak. No socket, no database."""

from dataclasses import dataclass
from uuid import UUID

from simulator.web.window import Window

PAUSE_S = 1.0
"""Progress is told at most this often; a new state at once."""


@dataclass(slots=True)
class Watch:
    """One Run as one client follows it."""

    run: UUID
    window: Window
    state: str
    unfinished: bool
    told_segments: int
    told_at: float

    def due(self, segments: int, state: str, now: float) -> bool:
        """Whether the client is to be told now that the Run has `segments` and `state`.

        Progress waits until the last news is PAUSE_S old, and while the client is behind with Segments.
        """
        if state != self.state:
            return True
        behind = self.window.full
        return segments != self.told_segments and not behind and now - self.told_at >= PAUSE_S

    def told(self, segments: int, state: str, unfinished: bool, now: float) -> None:
        """The client has been told."""
        self.told_segments, self.state, self.unfinished, self.told_at = segments, state, unfinished, now


class Bucket:
    """How often a client may speak: `rate` a second on average, `burst` at once."""

    def __init__(self, rate: float = 40.0, burst: float = 200.0):
        self.rate = rate
        self.burst = burst
        self.left = burst
        self.then = 0.0

    def take(self, now: float) -> bool:
        """Whether one more message is allowed at `now` (seconds)."""
        self.left = min(self.burst, self.left + (now - self.then) * self.rate)
        self.then = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
