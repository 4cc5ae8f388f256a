"""Turns texts from the lower floors (marked with N_, or given in several languages) into the visitor's language."""

from django.utils.translation import get_language, gettext

VISIBLE = {"title", "description", "summary", "otherwise", "done", "source", "sources", "modelled", "left_out", "roles",
           "sentence", "about", "labels", "refuses", "unjudged", "family"}
"""Keys of descriptions and JSON Schemas whose texts people read."""


def translated(value, visible: bool = False):
    """A copy of `value` (JSON) with every visible text in the language in force."""
    if isinstance(value, str):
        return gettext(value) if visible and value else value
    if isinstance(value, dict):
        # A property may itself be called "title": only a text, a list, `roles` and the like inherit being visible.
        return {key: _messages(inner) if key == "messages" else translated(inner, key in VISIBLE or (visible and isinstance(inner, str)))
                for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [translated(inner, visible) for inner in value]
    return value


def _messages(kinds: list[dict]) -> list[dict]:
    """The kinds of a protocol's messages: their titles are names ("Heartbeat"), the same in every language."""
    return [{**kind, "about": gettext(kind["about"]) if kind["about"] else ""} for kind in kinds]


def in_language(text) -> str:
    """`text` as one string: {"en": ..., "zh-hans": ...} in the language in force, English where it lacks that."""
    if not isinstance(text, dict):
        return str(text)
    return text.get((get_language() or "en").lower()) or text.get("en") or next(iter(text.values()), "")


def sentences(texts) -> list[str]:
    """`texts` (nothing, one text, or a list of texts) as a list of strings in the language in force."""
    if not texts:
        return []
    return [in_language(text) for text in (texts if isinstance(texts, list) else [texts])]
