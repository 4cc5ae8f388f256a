"""Scenarios that people keep, the built-in ones, who may see a thing, and how it is forgotten."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase
from simulator.runs.access import Who, needs_change, needs_create
from simulator.runs.models import UNFINISHED, Comparison, Experiment, Hunt, Owned, Recording, Run, Scenario, Visibility
from simulator.scenarios.document import ScenarioDocument, parse
from simulator.scenarios.library import builtin

KEY_LENGTH = 60


def parsed(document: Scenario | dict) -> ScenarioDocument:
    """The checked document of a Scenario, or of JSON; Mistake names the field that is wrong."""
    return parse(document.document if isinstance(document, Scenario) else document)


def load_builtin() -> int:
    """Bring the built-in Scenarios in the database up to date with the files; how many there are."""
    documents = builtin()
    with transaction.atomic():
        Scenario.objects.filter(builtin=True).exclude(key__in=documents).delete()
        for key, document in documents.items():
            Scenario.objects.update_or_create(key=key, defaults={
                "document": document.document(), "builtin": True, "visibility": Visibility.PUBLIC})
    return len(documents)


def save_scenario(document: dict, who: Who, key: str | None = None, visibility: str = Visibility.PRIVATE) -> Scenario:
    """Keep a Scenario of one's own, under `key` or under one made from its title."""
    needs_create(who)
    checked = parse(document)
    made = Scenario(key=key or _key(checked), document=checked.document(), visibility=_visibility(visibility), **who.marks())
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Mistake("key", Phrase(N_("key must be a new one: {key} is taken."), key=made.key), status=409) from None
    return made


def change_scenario(scenario: Scenario, who: Who, document: dict | None = None, visibility: str | None = None) -> Scenario:
    """Replace the document, who may see it, or both. Runs made from it keep what they were made from."""
    needs_change(who, scenario)
    if scenario.builtin:
        raise Mistake("key", N_("A built-in scenario stays as it is: save a copy under another key."), status=409)
    if document is not None:
        scenario.document = parse(document).document()
    if visibility is not None:
        scenario.visibility = _visibility(visibility)
    scenario.save()
    return scenario


def set_visibility(thing: Owned, visibility: str, who: Who) -> None:
    """Say who may see a Run, a Comparison (with its lanes), a Hunt (with the Runs it made), an Experiment, a Scenario or a Recording."""
    needs_change(who, thing)
    thing.visibility = _visibility(visibility)
    thing.save(update_fields=["visibility"])
    if isinstance(thing, Comparison):
        thing.runs.update(visibility=visibility)
    if isinstance(thing, Hunt):
        Run.objects.filter(pk__in=filter(None, (thing.worst_run_id, thing.shrunk_run_id))).update(visibility=visibility)


def delete(thing: Scenario | Recording | Run | Comparison | Hunt | Experiment, who: Who) -> None:
    """Forget a thing of one's own. Mistake (409) while others build upon it."""
    needs_change(who, thing)
    if isinstance(thing, Scenario) and thing.builtin:
        raise Mistake("key", N_("A built-in scenario cannot be deleted."), status=409)
    if isinstance(thing, Run) and thing.comparison_id:
        raise Mistake("run", N_("This run is a lane of a comparison: delete the comparison."), status=409)
    if isinstance(thing, Run | Comparison) and _lanes(thing).filter(state__in=UNFINISHED).exists():
        raise Mistake("run", N_("This is still being computed: cancel it first."), status=409)
    if isinstance(thing, Hunt) and thing.unfinished:
        raise Mistake("hunt", N_("This is still being computed: cancel it first."), status=409)
    if isinstance(thing, Experiment) and thing.unfinished:
        raise Mistake("experiment", N_("This is still being computed: cancel it first."), status=409)
    try:
        thing.delete()
    except ProtectedError:
        raise Mistake("run", N_("Branches share its past: delete them first."), status=409) from None


def adopt(session_key: str, user) -> None:
    """What a visitor made becomes the user's, who has just signed in from the same browser."""
    with transaction.atomic():
        theirs = Recording.objects.filter(owner=user).values("key")
        Recording.objects.filter(owner=None, session_key=session_key, key__in=list(theirs)).delete()
        for kind in (Scenario, Recording, Comparison, Run, Hunt, Experiment):
            kind.objects.filter(owner=None, session_key=session_key).update(owner=user, session_key="")


def _lanes(thing: Run | Comparison):
    return thing.runs.all() if isinstance(thing, Comparison) else Run.objects.filter(pk=thing.pk)


def _visibility(visibility: str) -> str:
    if visibility not in Visibility.values:
        allowed = ", ".join(Visibility.values)
        raise Mistake("visibility", Phrase(N_("visibility must be one of: {allowed}."), allowed=allowed))
    return visibility


def _key(document: ScenarioDocument) -> str:
    stem = slugify(document.told("en")["title"])[:KEY_LENGTH] or "scenario"
    return f"{stem}-{get_random_string(6, 'abcdefghjkmnpqrstuvwxyz23456789')}"
