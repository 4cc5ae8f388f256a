"""Clients that do one operation at a time: they think, ask, wait for the answer; what is given by hand waits for its turn."""

from simulator.engine.action import ActionRefused
from simulator.engine.actor import Node
from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_

QUEUE = 20
"""Operations given by hand that may wait at a client."""


class Asker(Node):
    """A subclass has `ask(f, key, value)`, on_think_timeout, and gives `current` (None between two operations) and `waiting`
    (what is given by hand, as (f, key, value)) their first values; it calls `think` when an operation is over.
    """

    def on_start(self) -> None:
        """After a while it asks for the first time."""
        self.think()

    def think(self) -> None:
        """Ask what waits, or think for a while; without a mean time to think, do only what is given by hand."""
        if self.waiting:
            (f, key, value), self.waiting = self.waiting[0], self.waiting[1:]
            self.ask(f, key, value)
        elif self.options.think_ms is not None:
            self.set_timer("think", int(self.exponential(ns_from_ms(self.options.think_ms))))

    def given(self, f: str, key: str, value) -> dict:
        """An operation given by hand, at once or when its turn comes; what an Action says of it."""
        if len(self.waiting) >= QUEUE:
            raise ActionRefused("target", N_("{client} has {count} operations waiting already."), client=self.id, count=QUEUE)
        if self.current is None:
            self.cancel_timer("think")
            self.ask(f, key, value)
        else:
            self.waiting = (*self.waiting, (f, key, value))
        return {"key": key, "value": value}
