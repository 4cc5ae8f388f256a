"""What happened in a run, for the properties: history variables, kept up to date event by event.

They see more than any server does: every log there has been, and what was committed by whom.
"""

from bisect import bisect_right

from simulator.engine.properties import Breach
from simulator.engine.words import N_
from simulator.systems.raft import log as logs
from simulator.systems.raft.messages import Entry

MATCH = N_("{node} has entry {index} of term {term} with another command, or after another entry, than some server had it.")
APPLIED = N_("{node} applied another entry {index} (of term {term}) than was applied there before (of term {other}).")


class Logs:
    """Every entry that ever stood in a log.

    By induction two logs agree up to an entry they share if (index, term) settles its command and the term
    of the entry before it; so only new entries are looked at.
    """

    def __init__(self):
        self._first: dict[tuple[int, int], tuple] = {}
        self._seen: dict[str, tuple] = {}
        self.truncated = False

    def look(self, node) -> Breach | None:
        """Look at the log of `node` as it is now."""
        log, old = node.log, self._seen.get(node.id, ())
        self._seen[node.id] = log
        if old and log and old[-1].index > log[-1].index >= old[0].index or _differ(old, log):
            self.truncated = True
        for place in range(len(log) - 1, -1, -1):
            entry = log[place]
            if _same(old, entry):
                return None
            before = log[place - 1].term if place else node.snapshot.last_term
            known = self._first.setdefault((entry.index, entry.term), (entry.command, before))
            if known != (entry.command, before):
                return Breach(MATCH, node=node.id, index=entry.index, term=entry.term)
        return None


def _same(old: tuple, entry: Entry) -> bool:
    place = entry.index - old[0].index if old else -1
    return 0 <= place < len(old) and old[place] is entry


def _differ(old: tuple, new: tuple) -> bool:
    """Whether an entry of the old log was replaced by another one in the new one."""
    if not old or not new:
        return False
    end = min(old[-1].index, new[-1].index)
    return end >= max(old[0].index, new[0].index) and old[end - old[0].index].term != new[end - new[0].index].term


class Committed:
    """Every entry that a server took for committed, in which term, and what the state machine makes of it.

    entries: index -> (Entry, term of the server that knew first). written: (key, value) -> index of the write.
    """

    def __init__(self):
        self.entries: dict[int, tuple[Entry, int]] = {}
        self.written: dict[tuple, int] = {}
        self._writes: dict[str, list[tuple]] = {}
        self._serials: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self._applied = 0

    def look(self, node) -> Breach | None:
        """Look at what `node` has come to know as committed."""
        known = self._known.get(node.id, 0)
        first = max(min(known, node.commit_index), node.snapshot.last_index) + 1
        self._known[node.id] = node.commit_index
        breach = None
        for index in range(first, node.commit_index + 1):
            entry = logs.entry_at(node.snapshot, node.log, index)
            other, _term = self.entries.setdefault(index, (entry, node.term))
            if other is None or entry is None or (other.term, other.command) != (entry.term, entry.command):
                breach = breach or Breach(APPLIED, node=node.id, index=index, term=entry and entry.term, other=other and other.term)
        self._apply()
        return breach

    def value(self, key: str, index: int):
        """What `key` is once all entries up to `index` are applied, each command once."""
        writes = self._writes.get(key, ())
        place = bisect_right(writes, index, key=lambda write: write[0])
        return writes[place - 1][1] if place else None

    def _apply(self) -> None:
        while self._applied + 1 in self.entries:
            self._applied += 1
            command = self.entries[self._applied][0].command
            if command.f == "write" and command.serial > self._serials.get(command.client, 0):
                self.written[command.key, command.value] = self._applied
                self._writes.setdefault(command.key, []).append((self._applied, command.value))
            if command.client is not None:
                self._serials[command.client] = max(command.serial, self._serials.get(command.client, 0))


class Registers:
    """What clients were told, by key, against the order of the committed writes.

    newest: key -> the last write that some client knows to have happened, as an index of the log.
    """

    def __init__(self, committed: Committed):
        self._committed = committed
        self.newest: dict[str, int] = {}
        self.acknowledged: dict[int, tuple] = {}
        self._floor: dict[int, int] = {}

    def begun(self, operation) -> None:
        """An operation begins: it must see everything that was known before."""
        self._floor[operation.id] = self.newest.get(operation.key, 0)

    def index_of(self, operation) -> int | None:
        """Where the write stands that was acknowledged, or whose value was read; None where it was never committed."""
        value = operation.result if operation.f == "read" else operation.value
        if operation.f == "read" and value is None:
            return 0
        return self._committed.written.get((operation.key, value))

    def ended(self, operation) -> bool:
        """An operation ends well; False where it does not know what was known before it began."""
        index = self.index_of(operation)
        floor = self._floor.pop(operation.id, 0)
        if index is None:
            return operation.f == "write"
        self.newest[operation.key] = max(self.newest.get(operation.key, 0), index)
        if operation.f == "write":
            self.acknowledged[index] = (operation.key, operation.value)
        return operation.f == "write" or index >= floor


class History:
    """All of it, in world.ghost["raft"]."""

    def __init__(self):
        self.leaders: dict[int, str] = {}
        self.candidates: dict[int, tuple[str, ...]] = {}
        self.led: dict[str, tuple] = {}
        self.logs, self.committed = Logs(), Committed()
        self.registers = Registers(self.committed)


def history(world) -> History:
    """The history of this run so far."""
    if "raft" not in world.ghost:
        world.ghost["raft"] = History()
    return world.ghost["raft"]
