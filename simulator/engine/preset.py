"""Presets: options of a Config under a name, such as the defaults of a product."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """values: (path, value, source) of each option that it names; config: what is laid over a Config to have it so."""

    key: str
    title: str
    about: str
    values: tuple[tuple, ...]
    config: dict


def nested(values: tuple[tuple, ...]) -> dict:
    """(path, value, source) of each option as one object: {"health": {"rise": 2}}."""
    found: dict = {}
    for path, value, _source in values:
        inner = found
        *groups, name = path.split(".")
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[name] = value
    return found
