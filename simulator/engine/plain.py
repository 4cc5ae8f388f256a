"""The values that a node's state may hold, as JSON."""

from dataclasses import fields, is_dataclass

ATOMS = (str, int, float, bool, type(None))
REMEMBERED = 20_000
"""NamedTuples that are remembered at a time."""


def plain(value, known: dict | None = None):
    """`value` as JSON values, the same for equal values in every process.

    A NamedTuple becomes an object with its fields, a tuple a list, a frozenset a sorted list, and the
    keys of a dict texts ("a/b" where they are tuples). known: remembers what NamedTuples became, so that a
    log that grows is not told anew with each entry; what it gives is shared and must not be changed.
    """
    if value.__class__ in ATOMS:
        return value
    if isinstance(value, tuple):
        if hasattr(value, "_fields"):
            return _record(value, known)
        return [plain(inner, known) for inner in value]
    if isinstance(value, dict):
        return {named(key): plain(inner, known) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted((plain(inner, known) for inner in value), key=repr)
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name), known) for one in fields(value)}
    raise AssertionError(f"a node's state cannot hold a {type(value).__name__}: {value!r}")


def _record(value, known: dict | None) -> dict:
    key = (value.__class__, value)
    try:
        if known is not None and key in known:
            return known[key]
    except TypeError:  # it holds a dict, which has no hash
        known = None
    told = {name: plain(inner, known) for name, inner in zip(value._fields, value, strict=True)}
    if known is not None:
        if len(known) >= REMEMBERED:
            known.clear()
        known[key] = told
    return told


def named(key) -> str:
    """A dict's key as a text."""
    return "/".join(named(inner) for inner in key) if isinstance(key, tuple) else str(key)
