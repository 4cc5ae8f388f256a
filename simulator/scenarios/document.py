"""The Scenario document: what a Scenario is as JSON, and the one door through which it comes in."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from simulator.engine.action import Action
from simulator.engine.clock import MAX_NS, S, ns_from_s
from simulator.engine.system import System, registered
from simulator.engine.words import N_
from simulator.scenarios.checked import checked, dotted, loaded
from simulator.scenarios.deeds import check_actions
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.size import check_size
from simulator.scenarios.wants import one_of

import simulator.systems  # noqa: F401  registers every system

FORMAT = "distviz-scenario/1"
MAX_ACTIONS = 1000
MAX_SEED = 2**53 - 1

Line = Annotated[str, Field(min_length=1, max_length=200)]
Prose = Annotated[str, Field(max_length=5000)]
Points = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=10)]


class Part(BaseModel):
    """What all parts of a document share: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Lines(Part):
    """A title in both languages."""

    en: Line
    zh_hans: Line = Field(alias="zh-hans")


class Proses(Part):
    """A text in both languages."""

    en: Prose
    zh_hans: Prose = Field(alias="zh-hans")


class Hints(Part):
    """What to look for, in both languages."""

    en: Prose | Points
    zh_hans: Prose | Points = Field(alias="zh-hans")


class ScheduledAction(Part):
    """One Action as it stands in a document."""

    at_ns: int = Field(ge=0, le=MAX_NS)
    kind: str = Field(max_length=50)
    target: str = Field(default="", max_length=100)
    params: dict[str, Any] = Field(default_factory=dict)


class Lane(Part):
    """One lane of a Comparison that the Scenario suggests: its title and what it changes in the Config."""

    title: Line | Lines
    config: dict[str, Any]


class ScenarioDocument(Part):
    """A Scenario as JSON. Made by `parse`, which also checks Config and Actions and fills in defaults.

    `order` is the place in the gallery, `compare` the lanes of a Comparison that the Scenario suggests.
    After `parse`, `config` is canonical: every default is spelled out, so equal set-ups are equal.
    """

    format: Literal["distviz-scenario/1"]
    system: str = Field(max_length=100)
    title: Line | Lines = "Untitled"
    text: Prose | Proses = ""
    watch_for: Prose | Points | Hints = ""
    config: dict[str, Any] = Field(default_factory=dict)
    seed: int = Field(default=1, ge=0, le=MAX_SEED)
    duration_s: float = Field(default=60, ge=0.001, le=MAX_NS / S)
    warm_up_s: float = Field(default=0, ge=0, le=MAX_NS / S)
    actions: list[ScheduledAction] = Field(default_factory=list, max_length=MAX_ACTIONS)
    order: int = Field(default=1000, ge=0, le=1000)
    compare: list[Lane] | None = Field(default=None, min_length=2, max_length=4)
    _options: Any = PrivateAttr(default=None)

    @property
    def options(self) -> BaseModel:
        """The Config as the system's own model."""
        return self._options

    @property
    def duration_ns(self) -> int:
        """How long the Run lasts, in simulated ns."""
        return ns_from_s(self.duration_s)

    @property
    def warm_up_ns(self) -> int:
        """How much of the beginning the statistics leave out, in ns."""
        return ns_from_s(self.warm_up_s)

    @property
    def facts(self) -> System:
        """The System as it registered itself."""
        return registered()[self.system]

    def deeds(self) -> list[Action]:
        """The scheduled Actions as the engine takes them, in the order given."""
        return [Action(item.at_ns, item.kind, item.target, item.params) for item in self.actions]

    def document(self) -> dict:
        """The JSON that `parse` turns into an equal ScenarioDocument."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True) | {"config": self.config}

    def recordings(self) -> list[str]:
        """The keys of the Recordings that the Config names."""
        return sorted(_named(self.config, "recording"))

    def told(self, language: str) -> dict:
        """title, text and watch_for (a list) in `language` ("en", "zh-hans"), English where it has no other."""
        points = _in(self.watch_for, language)
        points = [points] if isinstance(points, str) else list(points)
        return {"title": _in(self.title, language), "text": _in(self.text, language), "watch_for": [p for p in points if p]}

    def lanes(self, language: str) -> list[dict]:
        """The suggested lanes as {"title", "config"}, titles in `language`; empty where none are suggested."""
        return [{"title": _in(lane.title, language), "config": lane.config} for lane in self.compare or ()]


def parse(raw: dict | str | bytes) -> ScenarioDocument:
    """The Scenario in `raw`, checked to the last field. Mistake names the first that is wrong."""
    document = checked(ScenarioDocument, loaded(raw))
    if document.system not in registered():
        raise Mistake("system", Phrase(N_("{field} must be {wanted}."), field="system", wanted=one_of(registered())))
    if document.warm_up_ns >= document.duration_ns:
        raise Mistake("warm_up_s", N_("warm_up_s must be shorter than duration_s."))
    options = checked(document.facts.config, document.config, "config")
    actions = check_actions(document.facts, options, [item.model_dump() for item in document.actions], document.duration_ns)
    made = document.model_copy(update={
        "config": options.model_dump(mode="json"), "actions": [ScheduledAction(**action.document()) for action in actions]})
    made._options = options
    if not made.recordings():  # what they hold is known only when they are at hand: play.prepare looks
        check_size(made, actions, {})
    _check_lanes(made)
    return made


def merged(config: dict, overrides: dict) -> dict:
    """`config` with `overrides` laid over it, object by object.

    Where an override names another "law" or "name" than the config has, its object replaces the
    old one, for the two have different fields. Lists are replaced whole.
    """
    result = dict(config)
    for name, value in overrides.items():
        old = result.get(name)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[name] = merged(old, value) if both and _same_kind(old, value) else value
    return result


def with_config(document: ScenarioDocument, overrides: dict, prefix: str = "config") -> ScenarioDocument:
    """`document` with `overrides` laid over its Config: a lane of a Comparison. Mistake below `prefix`."""
    raw = document.document() | {"config": merged(document.config, overrides)}
    raw.pop("compare", None)
    try:
        return parse(raw)
    except Mistake as mistake:
        raise _elsewhere(mistake, prefix) from None


def _elsewhere(mistake: Mistake, prefix: str) -> Mistake:
    """The same Mistake, with "config" at the head of its field replaced by `prefix`."""
    head, _dot, rest = mistake.field.partition(".")
    if head != "config" or prefix == "config":
        return mistake
    field = dotted((rest,) if rest else (), prefix)
    values = mistake.sentence.values | ({"field": field} if "field" in mistake.sentence.values else {})
    return Mistake(field, Phrase(mistake.sentence.template, **values), mistake.status)


def _check_lanes(document: ScenarioDocument) -> None:
    for index, lane in enumerate(document.compare or ()):
        with_config(document, lane.config, f"compare.{index}.config")


def _same_kind(old: dict, new: dict) -> bool:
    return all(tag not in new or new[tag] == old.get(tag) for tag in ("law", "name"))


def _named(value, name: str) -> set:
    if isinstance(value, dict):
        own = {value[name]} if isinstance(value.get(name), str) else set()
        return own.union(*(_named(inner, name) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(_named(inner, name) for inner in value))
    return set()


def _in(text, language: str):
    if isinstance(text, Part):
        return text.zh_hans if language.lower().startswith("zh") else text.en
    return text
