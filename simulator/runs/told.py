"""Sentences and texts between the floors below, the database and a person: kept whole, told in the language in force."""

from django.utils.translation import get_language, gettext

from simulator.runs import Phrase


def kept(sentence: str) -> dict | str:
    """`sentence` as JSON that still knows its template and values."""
    if not isinstance(sentence, Phrase):
        return str(sentence)
    values = {name: kept(value) if isinstance(value, str) else value for name, value in sentence.values.items()}
    return {"template": sentence.template, "values": values}


def told(stored: dict | str) -> str:
    """What `kept` made, as a sentence in the language in force."""
    return _phrase(stored).say(gettext) if isinstance(stored, dict) else stored


def told_summary(summary: dict | None) -> dict | None:
    """A Run's summary with its sentence about stability, or the titles of its system's numbers, in the language in force."""
    if summary and "metrics" in summary:
        return {**summary, "metrics": [{**metric, "title": gettext(metric["title"])} for metric in summary["metrics"]]}
    if not summary or "stability_template" not in summary:
        return summary
    sentence = Phrase(summary["stability_template"], **summary["stability_values"]).say(gettext)
    return {**summary, "stability": sentence}


def told_each(texts: dict[str, str]) -> dict[str, str]:
    """Texts marked with N_, by key, in the language in force."""
    return {key: gettext(text) for key, text in texts.items()}


def in_language(text: dict | str) -> str:
    """A title or text in the language in force, English where it has no other."""
    if not isinstance(text, dict):
        return text
    return text.get((get_language() or "en").lower()) or text["en"]


def _phrase(stored: dict) -> Phrase:
    values = {name: _phrase(value) if isinstance(value, dict) else value for name, value in stored["values"].items()}
    return Phrase(stored["template"], **values)
