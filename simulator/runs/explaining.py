"""Why something happened in a Run: computed again up to the event, and asked of the engine's causality."""

from functools import lru_cache
from uuid import UUID

from simulator.engine.causality import Causality
from simulator.engine.chronicle import Chronicle
from simulator.engine.system import registered
from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase
from simulator.runs.execute import prepare
from simulator.runs.exports import STORY_EVENTS_AT_MOST
from simulator.runs.models import Run
from simulator.runs.told import told

KEPT = 4
"""Stories that a process keeps: who asks once asks again."""

KEPT_EVENTS_AT_MOST = 200_000


def why(run: Run, event: int) -> dict:
    """Event number `event` with its Lamport and vector time, and the slice of its past that explains it, oldest first.

    Of a message that did not arrive, its sending is explained; of an event that broke a promise, the breach.
    Sentences are in the language in force. Mistake where there is no such event.
    """
    facts = registered()[run.document["system"]]
    if facts.kernel != "actors":
        raise Mistake("run", N_("Only what nodes do can be explained: this run has requests, not messages."), status=409)
    causality = _causality(run, event)
    story = causality.story
    number = event if story.knows(event) or not 0 <= event < len(story) else story.cause(event)
    if not story.knows(number):
        raise Mistake("event", Phrase(N_("event must be the number of something that happened in this run; {event} did not."), event=event), status=404)
    watched = {one.key: one.watch for one in facts.properties}
    breach = next((row for row in story.breaches if row["event"] == number), None)
    reasons = causality.why_broken(breach, watched[breach["property"]]) if breach else causality.why(number)
    slice_ = [{"event": one.event, "at_ns": one.at_ns, "node": one.node, "src": one.src or None, "what": one.what,
              "sentence": " ".join(told({"template": template, "values": values}) for template, values in one.said)} for one in reasons]
    return {"event": number, "at_ns": story.at_ns(number), "node": story.where(number), "lamport": causality.lamport(number),
            "vector": causality.vector(number), "slice": slice_}


def _causality(run: Run, event: int) -> Causality:
    """The causality of a Run, or of its beginning up to `event` where the whole is long."""
    if run.summary and run.summary.get("events", KEPT_EVENTS_AT_MOST) < KEPT_EVENTS_AT_MOST:
        return _kept(run.pk)

    def known(story: Chronicle) -> bool:
        if len(story) > STORY_EVENTS_AT_MOST:
            sentence = N_("This lies too far into a long run to be explained: at most {most:,} events in.")
            raise Mistake("event", Phrase(sentence, most=STORY_EVENTS_AT_MOST), status=413)
        return story.knows(event)

    return Causality(prepare(run).story(known), registered()[run.document["system"]].times)


@lru_cache(maxsize=KEPT)
def _kept(run_id: UUID) -> Causality:
    run = Run.objects.get(pk=run_id)
    return Causality(prepare(run).story(), registered()[run.document["system"]].times)
