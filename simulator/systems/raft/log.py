"""A log whose beginning may have been replaced by a snapshot: pure functions of (snapshot, log).

Entries have indices from 1 on; log[0] is the entry after snapshot.last_index.
"""

from simulator.systems.raft.messages import Command, Entry, Snapshot

Log = tuple[Entry, ...]


def last(snapshot: Snapshot, log: Log) -> tuple[int, int]:
    """(term, index) of the last entry; compared as a pair, that is the paper's "at least as up-to-date" (5.4.1)."""
    return (log[-1].term, log[-1].index) if log else (snapshot.last_term, snapshot.last_index)


def last_index(snapshot: Snapshot, log: Log) -> int:
    """The index of the last entry, 0 where there has never been one."""
    return snapshot.last_index + len(log)


def term_at(snapshot: Snapshot, log: Log, index: int) -> int | None:
    """The term of the entry at `index`; None where there is no entry, or it is no longer known."""
    place = index - snapshot.last_index - 1
    if place == -1:
        return snapshot.last_term
    return log[place].term if 0 <= place < len(log) else None


def entry_at(snapshot: Snapshot, log: Log, index: int) -> Entry | None:
    """The entry at `index`, where the log has it."""
    place = index - snapshot.last_index - 1
    return log[place] if 0 <= place < len(log) else None


def following(snapshot: Snapshot, log: Log, index: int, at_most: int) -> Log:
    """Up to `at_most` entries after `index`."""
    place = index - snapshot.last_index
    return log[place:place + at_most]


def extended(log: Log, term: int, index: int, command: Command) -> Log:
    """The log with one more entry."""
    return (*log, Entry(term, index, command))


def hint(snapshot: Snapshot, log: Log, index: int) -> tuple[int | None, int]:
    """(conflict_term, conflict_index) for a follower whose entry at `index` is not the leader's (end of 5.3)."""
    wrong = term_at(snapshot, log, index)
    if wrong is None:
        return None, last_index(snapshot, log) + 1
    place = index - snapshot.last_index - 1
    while place > 0 and log[place - 1].term == wrong:
        place -= 1
    return wrong, snapshot.last_index + place + 1


def next_after(snapshot: Snapshot, log: Log, conflict_term: int | None, conflict_index: int) -> int:
    """Where a leader tries next after a hint: behind its own last entry of that term, else where the follower's begins."""
    if conflict_term is not None:
        for entry in reversed(log):
            if entry.term == conflict_term:
                return entry.index + 1
            if entry.term < conflict_term:
                break
    return conflict_index


def merged(snapshot: Snapshot, log: Log, entries: Log) -> tuple[Log, int]:
    """(the log with `entries` in it, how many entries were removed because they differed).

    Only what differs is removed: an old message must not shorten a log that has grown since (5.3).
    """
    for number, entry in enumerate(entries):
        place = entry.index - snapshot.last_index - 1
        if place < 0:
            continue  # it is in the snapshot: committed, so the same
        if place == len(log):
            return log + entries[number:], 0
        if log[place].term != entry.term:
            return log[:place] + entries[number:], len(log) - place
    return log, 0


def latest_servers(snapshot: Snapshot, log: Log, initial: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """(servers, index of the entry) of the latest configuration, committed or not (dissertation, 4.1)."""
    for entry in reversed(log):
        if entry.command.f == "configuration":
            return entry.command.value, entry.index
    return snapshot.servers or initial, 0
