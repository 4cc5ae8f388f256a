"""Plays a Scenario: the same Scenario, seed and journal give the same Trace, byte for byte."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from simulator.engine import ENGINE_VERSION
from simulator.engine.action import Action, ActionRefused
from simulator.engine.chronicle import Chronicle
from simulator.engine.rows import FATES, IN_FLIGHT, OUTSIDE, WAITING
from simulator.engine.chronicle import Chronicle
from simulator.engine.simulation import Plan, Segment, Simulation, plan, record
from simulator.engine.words import N_
from simulator.scenarios.deeds import check_action
from simulator.scenarios.document import FORMAT, MAX_SEED, ScenarioDocument
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.size import check_size


class Playing:
    """One execution that has been set up: take its Segments, then ask for its summary and digest."""

    def __init__(self, simulation: Simulation, deeds: list[tuple[str, Action]], cut: Plan, chancy: bool = False):
        """deeds: the Actions in order of time, each with the field that it came from.

        chancy: whether the state that a scheduled Action meets is a matter of chance (a protocol that
        crashes by itself, a nemesis), so that one which makes no sense then is no slip of who wrote it.
        """
        self.plan = cut
        self._deeds = deeds
        self._chancy = chancy
        self._simulation = simulation
        self._done = 0
        self.refused: list[Action] = []

    @property
    def actions(self) -> list[Action]:
        """Scheduled and journal Actions, in the order in which they are done."""
        return [action for _field, action in self._deeds]

    @property
    def events(self) -> int:
        """Events run so far; what budgets count."""
        return self._simulation.events

    @property
    def now_ns(self) -> int:
        """How far it has been computed."""
        return self._simulation.now_ns

    @property
    def breaches(self) -> dict[str, dict]:
        """The first breach of every promise broken so far, by property; only a system of actors promises anything."""
        return self._simulation.cluster.telling.breaches

    @property
    def told(self) -> list[dict]:
        """Every operation of the clients so far, in the order of invocation; only a system of actors has any."""
        return [operation.row() for operation in self._simulation.cluster.operations]

    @property
    def quorums(self):
        """The Quorums by which theory says how stale reads are; None where it says nothing of this system and Config."""
        facts = self._simulation.facts
        return facts.quorums and facts.quorums(self._simulation.config)

    def segments(self, first: int = 0, lived: Callable[[], None] = lambda: None) -> Iterator[Segment]:
        """Run to the end and yield Segments from number `first` on; once only. lived() is called after each sample.

        Mistake names an Action that the system refused. One that something done by hand before it has
        made meaningless (a scheduled crash of a server that is down already) is a row in the Trace instead.
        """
        try:
            yield from record(_Counting(self._simulation, self), self.actions, self.plan, first, lived)
        except ActionRefused as refused:
            field = f"{self._deeds[self._done][0]}.{refused.field}"
            raise Mistake(field, Phrase("{field}: {said}", field=field, said=str(refused))) from None

    def story(self, until_ns: int | None = None) -> Chronicle:
        """Run a system of actors, to the end or to the end of the window of `until_ns`, and tell all of it; once only."""
        self._simulation.recording.at_most = None
        story = Chronicle(self._simulation.facts)
        for segment in self.segments():
            story.add(segment.keyframe, segment.tables)
            if until_ns is not None and segment.until_ns >= until_ns:
                break
        return story.finish()

    def rush(self, stop: Callable[[], bool | None] = lambda: False) -> None:
        """Run to the end without Segments, or until `stop()`, which is asked a hundred times on the way. Once only.

        What the system refuses is in `refused`, also where `segments` would have raised.
        """
        waiting = deque(self._deeds)
        for _from_ns, until_ns in self.plan.windows():
            while waiting and waiting[0][1].at_ns < until_ns:
                action = waiting.popleft()[1]
                self._simulation.advance(action.at_ns)
                try:
                    self._simulation.apply(action)
                except ActionRefused:
                    self.refused.append(action)
            self._simulation.advance(until_ns)
            self._simulation.tables()
            if stop():
                return

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

    def messages(self) -> Iterator[dict[str, list]]:
        """Run to the end and yield every message of a protocol as columns, a window at a time; once only.

        In the order in which they were settled; those still on their way at the end come last.
        """
        self._simulation.recording.at_most = None
        names = [kind.__name__ for kind in self._simulation.facts.messages]
        nodes: list[str] = []
        for segment in self.segments():
            nodes = [node["id"] for node in segment.keyframe["nodes"]] + [row["node"]["id"] for row in segment.tables["joined"]]
            last = segment.until_ns == self.plan.duration_ns
            yield _settled(segment.tables, names, nodes, last)

    def operations(self) -> list[dict]:
        """Run to the end and return every operation of the clients, in the order of invocation; once only."""
        found = {}
        for segment in self.segments():
            found |= {row["id"]: row for row in segment.tables["operations"]}
        return [found[number] for number in sorted(found)]

    def asked(self) -> list[dict]:
        """Every operation of the clients so far, in the order of invocation, also where nothing is kept."""
        return [operation.row() for operation in self._simulation.cluster.operations]

    def story(self, until: Callable[[Chronicle], bool] = lambda _story: False) -> Chronicle:
        """Run to the end, or until `until` (asked after every window), and return the whole story; once only."""
        self._simulation.recording.at_most = None
        story = Chronicle(self._simulation.facts)
        for segment in self.segments():
            story.add(segment.keyframe, segment.tables)
            if until(story):
                break
        return story.finish()

    def digest(self) -> str:
        """64 hex digits over everything computed so far."""
        return self._simulation.trace.digest()

    def summary(self) -> dict:
        """The Run's numbers so far, as JSON, with its digest."""
        return self._simulation.summary() | {
            "events": self.events, "engine_version": ENGINE_VERSION, "digest": self.digest()}

    def count(self) -> None:
        """One more of the Actions has been done."""
        self._done += 1

    def overtaken(self) -> bool:
        """Whether chance, or something done by hand before it, may have made the Action that is due meaningless.

        Not so for the newest of the journal: who did it saw what there was.
        """
        by_hand = [field for field, _action in self._deeds if field.startswith("journal.")]
        before = [field for field, _action in self._deeds[: self._done] if field.startswith("journal.")]
        return (self._chancy or bool(before)) and self._deeds[self._done][0] != f"journal.{len(by_hand) - 1}"


class _Counting:
    """A Simulation that tells its Playing of every Action done, so that a refused one can be named or noted."""

    def __init__(self, simulation: Simulation, playing: Playing):
        self._simulation, self._playing = simulation, playing
        self.advance, self.keyframe, self.tables = simulation.advance, simulation.keyframe, simulation.tables

    def apply(self, action: Action) -> None:
        try:
            self._simulation.apply(action)
        except ActionRefused as refused:
            if not self._playing.overtaken():
                raise
            self._simulation.trace.row("actions", action.document() | {
                "refused": True, "said": str(refused), "values": refused.values})
        self._playing.count()


def prepare(document: ScenarioDocument, seed: int | None = None, journal: Iterable[Action] = (),
            inputs: Mapping | None = None, keep: bool = True) -> Playing:
    """Set up an execution of `document`.

    seed: instead of the document's. journal: Actions done by hand, after the scheduled ones where
    times are equal. inputs: {recording key: Recording}; Mistake where one that the Config names is missing.
    keep: False where only the numbers are wanted: nothing is kept for a viewer, Segments are empty.
    """
    inputs = {key: _recording(key, inputs or {}) for key in document.recordings()}
    seed = document.seed if seed is None else _seed(seed)
    deeds = _merged(document, journal)
    cut = plan(document.duration_ns)
    simulation = _built(document, seed, cut, [action for _field, action in deeds], inputs, keep)
    return Playing(simulation, deeds, cut, chancy=document.facts.kernel == "actors")


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


def _settled(tables: dict, names: list[str], nodes: list[str], last: bool) -> dict[str, list]:
    """The messages of a window that are over at its end (all, in the last one), as columns of JSON values."""
    columns, bodies = tables["messages"], tables["bodies"]
    places = [place for place, fate in enumerate(columns["fate"]) if last or fate not in (IN_FLIGHT, WAITING)]
    ends = {"src": [None if index == OUTSIDE else nodes[index] for index in columns["src"]],
            "dst": [nodes[index] for index in columns["dst"]], "kind": [names[kind] for kind in columns["kind"]],
            "fate": [FATES[fate] for fate in columns["fate"]]}
    whole = {name: [int(columns[name][place]) for place in places] for name in ("id", "sent_ns", "arrive_ns", "cause")}
    return whole | {name: [column[place] for place in places] for name, column in ends.items()} | {
        "values": [bodies[place] for place in places]}


def header(document: ScenarioDocument, seed: int, actions: list[Action], inputs: Mapping) -> dict:
    """All that decides what a Run computes; the Trace hashes it first."""
    return {
        "format": FORMAT, "engine": ENGINE_VERSION, "system": document.system, "config": document.config, "seed": seed,
        "duration_ns": document.duration_ns, "warm_up_ns": document.warm_up_ns,
        "actions": [action.document() for action in actions],
        "recording": {key: recording.digest for key, recording in sorted(inputs.items())},
    }


def _built(document: ScenarioDocument, seed: int, cut: Plan, actions: list[Action], inputs: Mapping, keep: bool) -> Simulation:
    about = header(document, seed, actions, inputs)
    try:
        check_size(document, actions, inputs)
        return document.facts.build(document.options, seed, cut, inputs, about, keep)
    except ValueError as wrong:
        # A system names the field of the Config that its inputs do not suit, and says why as ActionRefused does.
        field = getattr(wrong, "field", None)
        if field is None or isinstance(wrong, Mistake):
            raise
        said = Phrase(wrong.template, **wrong.values)
        raise Mistake(field, Phrase("{field}: {said}", field=field, said=said)) from None


def _merged(document: ScenarioDocument, journal: Iterable[Action]) -> list[tuple[str, Action]]:
    """Scheduled and journal Actions in order of time, as the engine will do them, each with its field."""
    journal = list(journal)
    deeds = [(f"actions.{index}", action) for index, action in enumerate(document.deeds())]
    for index, action in enumerate(journal):
        deeds.append((f"journal.{index}", act(document, action.document(), journal, f"journal.{index}")))
    return sorted(deeds, key=lambda deed: deed[1].at_ns)  # stable: ties as they were given


def _recording(key: str, inputs: Mapping):
    if key not in inputs:
        sentence = N_("config.arrivals.recording: there is no recording {key}; import it, or choose another.")
        raise Mistake("config.arrivals.recording", Phrase(sentence, key=key))
    return inputs[key]


def _seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise Mistake("seed", Phrase(N_("seed must be a whole number from 0 to {most:,}."), most=MAX_SEED))
    return seed
