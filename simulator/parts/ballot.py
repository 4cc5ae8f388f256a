"""Ballots: numbers for attempts, such that no two nodes ever use the same one (Lamport 1998, section 2.2)."""

from typing import NamedTuple


class Ballot(NamedTuple):
    """One attempt of one node. Ordered by `number`, then by the `node` that owns it."""

    number: int
    node: str

    def __str__(self):
        return f"{self.number} of {self.node}"


def lower(ballot: Ballot, than: Ballot | None) -> bool:
    """Whether `ballot` comes before `than`; nothing comes before None."""
    return than is not None and ballot < than
