"""Reads the JSON file of the admin's import page."""

from django.db import transaction
from django.utils.translation import gettext_noop as N_
from rest_framework.exceptions import ParseError

from simulator.runs import Mistake, Phrase, service
from simulator.runs.models import Scenario
from simulator.web.api.parsers import parse

BYTES_AT_MOST = 16 * 1024 * 1024


def documents(file, who) -> list[Scenario]:
    """Keep every Scenario in `file`: a document, {"key", "document"}, or a list of either; all of them or none."""
    if file.size > BYTES_AT_MOST:
        raise Mistake("file", Phrase(N_("file must be at most {most:,} bytes."), most=BYTES_AT_MOST), status=413)
    try:
        read = parse(file.read())
    except ParseError as trouble:
        raise Mistake("file", str(trouble.detail)) from trouble
    rows = read if isinstance(read, list) else [read]
    with transaction.atomic():
        return [_kept(number, row, who) for number, row in enumerate(rows)]


def _kept(number: int, row, who) -> Scenario:
    if not isinstance(row, dict):
        raise Mistake(str(number), N_("The file must hold a scenario document, or a list of them."))
    document = row.get("document", row)
    try:
        return service.save_scenario(document, who, _free_key(row.get("key")))
    except Mistake as slip:
        sentence = Phrase(N_("Scenario number {number}: {sentence}"), number=number + 1, sentence=slip.sentence)
        raise Mistake(f"{number}.{slip.field}", sentence) from slip


def _free_key(key) -> str | None:
    """`key` where it is a text that no Scenario has; None (a new one is made) otherwise."""
    free = isinstance(key, str) and key.replace("-", "").replace("_", "").isalnum() and len(key) <= 80
    return key if free and not Scenario.objects.filter(key=key).exists() else None
