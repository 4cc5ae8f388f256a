"""What a client may say over the socket, checked: every slip is one sentence that names the field.

{"do": "watch", "run", "have": the last number it holds without a gap, -1 for none}
{"do": "ack", "run", "number"}: arrived, and so did all that was sent before it
{"do": "need", "run", "number"}: send this one first, then what follows
{"do": "unwatch", "run"}, {"do": "cancel", "run"}, {"do": "ping"}
{"do": "act", "runs": [one run, or all lanes of one comparison], "at_ns", "action": {"kind", "target", "params"}, "tag"}
"""

from dataclasses import dataclass
from uuid import UUID

import orjson
from django.utils.translation import gettext_noop as N_

from simulator.runs import Mistake, Phrase

BYTES_AT_MOST = 16 * 1024
LANES_AT_MOST = 4
NUMBER_AT_MOST = 100_000
LONGEST_NS = 90 * 24 * 3600 * 10**9
TAG_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Message:
    """One checked message; what its verb does not take stays empty."""

    do: str
    runs: tuple[UUID, ...] = ()
    number: int = -1
    at_ns: int = 0
    action: dict | None = None
    tag: str = ""

    @property
    def run(self) -> UUID:
        """The one Run of a verb that takes one."""
        return self.runs[0]


def read(text: str | None) -> Message:
    """The message in a text frame; Mistake otherwise."""
    said = _object(text)
    do = said.get("do")
    if not isinstance(do, str) or do not in VERBS:
        raise Mistake("do", Phrase(N_("do must be one of {verbs}."), verbs=", ".join(VERBS)))
    return Message(do, **VERBS[do](said))


def tag_of(text: str | None) -> str:
    """The tag of a message that may be wrong elsewhere; "" where it cannot be found."""
    try:
        said = orjson.loads(text or "")
    except ValueError:
        return ""
    tag = said.get("tag") if isinstance(said, dict) else ""
    return tag[:TAG_AT_MOST] if isinstance(tag, str) else ""


def _object(text: str | None) -> dict:
    if text is None:
        raise Mistake("", N_("A message must be text: a JSON object."))
    if len(text) > BYTES_AT_MOST or len(text.encode(errors="replace")) > BYTES_AT_MOST:
        raise Mistake("", Phrase(N_("A message must be at most {most} bytes."), most=BYTES_AT_MOST))
    try:
        said = orjson.loads(text)
    except ValueError:
        raise Mistake("", N_("A message must be a JSON object.")) from None
    if not isinstance(said, dict):
        raise Mistake("", N_("A message must be a JSON object."))
    return said


def _watch(said: dict) -> dict:
    return {"runs": (_uuid(said.get("run"), "run"),), "number": _whole(said.get("have", -1), "have", -1, NUMBER_AT_MOST)}


def _numbered(said: dict) -> dict:
    number = _whole(said.get("number"), "number", 0, NUMBER_AT_MOST)
    return {"runs": (_uuid(said.get("run"), "run"),), "number": number}


def _about(said: dict) -> dict:
    return {"runs": (_uuid(said.get("run"), "run"),), "tag": _tag(said)}


def _act(said: dict) -> dict:
    runs = said.get("runs")
    if not isinstance(runs, list) or not 1 <= len(runs) <= LANES_AT_MOST:
        raise Mistake("runs", Phrase(N_("runs must be a list of 1 to {most} runs."), most=LANES_AT_MOST))
    ids = tuple(_uuid(run, f"runs.{number}") for number, run in enumerate(runs))
    if len(set(ids)) < len(ids):
        raise Mistake("runs", N_("runs must name each run once."))
    return {"runs": ids, "at_ns": _whole(said.get("at_ns"), "at_ns", 0, LONGEST_NS),
            "action": _action(said.get("action")), "tag": _tag(said)}


def _action(action) -> dict:
    if not isinstance(action, dict):
        raise Mistake("action", N_("action must be an object with kind, target and params."))
    for name in action:
        if name not in ("kind", "target", "params"):
            raise Mistake(f"action.{name[:50]}", N_("action takes kind, target and params, nothing else."))
    wants = {"kind": (str, N_("action.kind must be a text.")), "target": (str, N_("action.target must be a text.")),
             "params": (dict, N_("action.params must be an object."))}
    whole = {"target": "", "params": {}, **action}
    for name, (kind, sentence) in wants.items():
        if not isinstance(whole.get(name), kind):
            raise Mistake(f"action.{name}", sentence)
    return whole


def _uuid(value, field: str) -> UUID:
    try:
        if isinstance(value, str) and len(value) == 36:
            return UUID(value)
    except ValueError:
        pass  # the sentence below answers
    raise Mistake(field, Phrase(N_("{field} must be the id of a run."), field=field))


def _whole(value, field: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        sentence = N_("{field} must be a whole number from {least} to {most}.")
        raise Mistake(field, Phrase(sentence, field=field, least=least, most=most))
    return value


def _tag(said: dict) -> str:
    tag = said.get("tag", "")
    if not isinstance(tag, str) or len(tag) > TAG_AT_MOST:
        raise Mistake("tag", Phrase(N_("tag must be a text of at most {most} characters."), most=TAG_AT_MOST))
    return tag


VERBS = {"watch": _watch, "ack": _numbered, "need": _numbered, "unwatch": _about, "act": _act, "cancel": _about,
         "ping": lambda said: {}}
