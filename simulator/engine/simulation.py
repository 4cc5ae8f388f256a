"""The contract between a kernel and everything above it, and the loop that cuts a Run into Segments."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from simulator.engine.action import Action
from simulator.engine.clock import S
from simulator.engine.trace import Trace

WINDOWS_AT_MOST = 100
SAMPLES_A_WINDOW = 20


class Simulation(Protocol):
    """A system that runs. Both kernels keep this contract."""

    now_ns: int
    trace: Trace

    def advance(self, until_ns: int) -> None:
        """Run every event with time <= until_ns; then now_ns == until_ns."""

    def apply(self, action: Action) -> None:
        """Do `action` at now_ns (action.at_ns == now_ns). ActionRefused where it makes no sense."""

    def actions(self) -> list[tuple[str, str, str]]:
        """(kind, target, reason) of everything that can be asked now; reason "" where it would do something."""

    def keyframe(self) -> dict:
        """The visible state, complete, as JSON."""

    def tables(self, wanted: bool = True) -> dict[str, dict]:
        """What happened since the last call, by table and column, for the viewer; what comes of it counts only where it is wanted."""

    def columns(self, table: str, rows) -> dict[str, list]:
        """Rows that a block of the Trace held, as named columns of JSON values for other tools."""

    def unfinished(self, table: str):
        """Rows of `table` that are in no block yet, for they are not over."""

    def summary(self) -> dict:
        """The Run's numbers so far, as JSON."""

    @property
    def events(self) -> int:
        """Events run so far; what budgets count."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a Run is cut: windows (one Segment each) and samples within them. All in ns."""

    duration_ns: int
    window_ns: int
    sample_ns: int

    def windows(self) -> list[tuple[int, int]]:
        """(from_ns, until_ns) of every Segment, in order; the last may be shorter."""
        starts = range(0, self.duration_ns, self.window_ns)
        return [(start, min(start + self.window_ns, self.duration_ns)) for start in starts]


def plan(duration_ns: int) -> Plan:
    """At most 100 windows of a round length (1, 2 or 5 times a power of ten), 20 samples each."""
    window = next(w for w in _round_lengths() if w * WINDOWS_AT_MOST >= duration_ns)
    return Plan(duration_ns, window, window // SAMPLES_A_WINDOW)


def _round_lengths() -> Iterator[int]:
    power = S // 1_000_000
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


@dataclass(frozen=True, slots=True)
class Segment:
    """A self-contained window of a Trace: events with from_ns < time <= until_ns (and time 0 in the first).

    `tables`: table -> column -> numpy array, or table -> list of rows.
    """

    number: int
    from_ns: int
    until_ns: int
    keyframe: dict
    tables: dict


def record(simulation: Simulation, actions: Iterable[Action], cut: Plan, first: int = 0,
           lived: Callable[[], None] = lambda: None) -> Iterator[Segment]:
    """Run `simulation` through the whole Plan and yield Segments from number `first` on.

    An Action at a window's very start belongs to that window. Segments before `first` are
    computed (the past must be lived through) but neither built nor yielded. lived() is called after each sample: a window may
    take long, and who waits for it wants to know that somebody is at work.
    """
    waiting = sorted(actions, key=lambda action: action.at_ns)  # stable: ties as they were given
    now_ns = 0
    for number, (from_ns, until_ns) in enumerate(cut.windows()):
        keyframe = simulation.keyframe() if number >= first else None
        while waiting and waiting[0].at_ns < until_ns:
            action = waiting.pop(0)
            now_ns = _advance(simulation, now_ns, action.at_ns, cut.sample_ns, lived)
            simulation.apply(action)
        now_ns = _advance(simulation, now_ns, until_ns, cut.sample_ns, lived)
        tables = simulation.tables(number >= first)
        if number >= first:
            yield Segment(number, from_ns, until_ns, keyframe, tables)


def _advance(simulation: Simulation, now_ns: int, until_ns: int, step_ns: int, lived: Callable[[], None]) -> int:
    """Sample by sample; until_ns."""
    while True:
        now_ns = min(until_ns, (now_ns // step_ns + 1) * step_ns)
        simulation.advance(now_ns)
        lived()
        if now_ns == until_ns:
            return until_ns
