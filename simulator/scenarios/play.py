"""Plays a Scenario: the same Scenario, seed and journal give the same Trace, byte for byte."""

from collections.abc import Iterable, Iterator, Mapping

from simulator.engine import ENGINE_VERSION
from simulator.engine.action import Action, ActionRefused
from simulator.engine.simulation import Plan, Segment, Simulation, plan, record
from simulator.engine.words import N_
from simulator.scenarios.deeds import check_action
from simulator.scenarios.document import FORMAT, MAX_SEED, ScenarioDocument
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.size import check_size


class Playing:
    """One execution that has been set up: take its Segments, then ask for its summary and digest."""

    def __init__(self, simulation: Simulation, actions: list[Action], cut: Plan):
        self.plan = cut
        self.actions = actions
        self._simulation = simulation

    @property
    def events(self) -> int:
        """Events run so far; what budgets count."""
        return self._simulation.events

    @property
    def now_ns(self) -> int:
        """How far it has been computed."""
        return self._simulation.now_ns

    def segments(self, first: int = 0) -> Iterator[Segment]:
        """Run to the end and yield Segments from number `first` on; once only.

        Mistake names an Action that the system refused.
        """
        try:
            yield from record(self._simulation, self.actions, self.plan, first)
        except ActionRefused as refused:
            raise self._mistake(refused) from None

    def columns(self, table: str) -> Iterator[dict[str, list]]:
        """Run to the end and yield all rows of `table` as columns, some thousands at a time; once only.

        In the order in which they ended; those that never did come last.
        """
        blocks = []
        self._simulation.trace.watch(table, lambda rows: blocks.append(rows.copy()))
        for _segment in self.segments():
            yield from (self._simulation.columns(table, rows) for rows in blocks)
            blocks.clear()
        yield self._simulation.columns(table, self._simulation.unfinished(table))

    def digest(self) -> str:
        """64 hex digits over everything computed so far."""
        return self._simulation.trace.digest()

    def summary(self) -> dict:
        """The Run's numbers so far, as JSON, with its digest."""
        return self._simulation.summary() | {
            "events": self.events, "engine_version": ENGINE_VERSION, "digest": self.digest()}

    def _mistake(self, refused: ActionRefused) -> Mistake:
        """Names the last Action that was due: record() stops at the one that was refused."""
        due = [index for index, action in enumerate(self.actions) if action.at_ns == self.now_ns]
        field = f"actions.{due[0]}.{refused.field}" if len(due) == 1 else f"actions.{refused.field}"
        return Mistake(field, Phrase("{field}: {said}", field=field, said=Phrase(refused.template, **refused.values)))


def prepare(document: ScenarioDocument, seed: int | None = None, journal: Iterable[Action] = (),
            inputs: Mapping | None = None) -> Playing:
    """Set up an execution of `document`.

    seed: instead of the document's. journal: Actions done by hand, after the scheduled ones where
    times are equal. inputs: {recording key: Recording}; Mistake where one that the Config names is missing.
    """
    inputs = {key: _recording(key, inputs or {}) for key in document.recordings()}
    seed = document.seed if seed is None else _seed(seed)
    actions = _merged(document, journal)
    cut = plan(document.duration_ns)
    simulation = _built(document, seed, cut, actions, inputs)
    return Playing(simulation, actions, cut)


def simulate(document: ScenarioDocument, seed: int | None = None, journal: Iterable[Action] = (),
             inputs: Mapping | None = None) -> dict:
    """Run `document` to its end and return its summary, which holds the digest. Needs no service."""
    playing = prepare(document, seed, journal, inputs)
    for _segment in playing.segments(first=len(playing.plan.windows())):
        pass
    return playing.summary()


def act(document: ScenarioDocument, raw: dict, journal: Iterable[Action] = (), field: str = "action") -> Action:
    """A click's Action {"at_ns","kind","target","params"}, checked against what there is; Mistake below `field`."""
    others = [action.document() for action in (*document.deeds(), *journal)]
    return check_action(document.facts, document.options, raw, document.duration_ns, others, field)


def header(document: ScenarioDocument, seed: int, actions: list[Action], inputs: Mapping) -> dict:
    """All that decides what a Run computes; the Trace hashes it first."""
    return {
        "format": FORMAT, "engine": ENGINE_VERSION, "system": document.system, "config": document.config, "seed": seed,
        "duration_ns": document.duration_ns, "warm_up_ns": document.warm_up_ns,
        "actions": [action.document() for action in actions],
        "recording": {key: recording.digest for key, recording in sorted(inputs.items())},
    }


def _built(document: ScenarioDocument, seed: int, cut: Plan, actions: list[Action], inputs: Mapping) -> Simulation:
    about = header(document, seed, actions, inputs)
    try:
        check_size(document, actions, inputs)
        return document.facts.build(document.options, seed, cut, inputs, about)
    except ValueError as wrong:
        # A system names the field of the Config that its inputs do not suit, and says why as ActionRefused does.
        field = getattr(wrong, "field", None)
        if field is None or isinstance(wrong, Mistake):
            raise
        said = Phrase(wrong.template, **wrong.values)
        raise Mistake(field, Phrase("{field}: {said}", field=field, said=said)) from None


def _merged(document: ScenarioDocument, journal: Iterable[Action]) -> list[Action]:
    """Scheduled and journal Actions in order of time, as the engine will do them."""
    journal = list(journal)
    done = [act(document, action.document(), journal, f"journal.{index}") for index, action in enumerate(journal)]
    return sorted(document.deeds() + done, key=lambda action: action.at_ns)  # stable: ties as they were given


def _recording(key: str, inputs: Mapping):
    if key not in inputs:
        sentence = N_("config.arrivals.recording: there is no recording {key}; import it, or choose another.")
        raise Mistake("config.arrivals.recording", Phrase(sentence, key=key))
    return inputs[key]


def _seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise Mistake("seed", Phrase(N_("seed must be a whole number from 0 to {most:,}."), most=MAX_SEED))
    return seed
