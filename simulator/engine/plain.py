"""The values that a node's state may hold, as JSON."""

from dataclasses import fields, is_dataclass

ATOMS = (str, int, float, bool, type(None))


def plain(value):
    """`value` as JSON values, the same for equal values in every process.

    A NamedTuple becomes an object with its fields, a tuple a list, a frozenset a sorted list, and the
    keys of a dict texts ("a/b" where they are tuples).
    """
    if value.__class__ in ATOMS:
        return value
    if isinstance(value, tuple):
        if hasattr(value, "_fields"):
            return {name: plain(inner) for name, inner in zip(value._fields, value, strict=True)}
        return [plain(inner) for inner in value]
    if isinstance(value, dict):
        return {named(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted((plain(inner) for inner in value), key=repr)
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    raise AssertionError(f"a node's state cannot hold a {type(value).__name__}: {value!r}")


def named(key) -> str:
    """A dict's key as a text."""
    return "/".join(named(inner) for inner in key) if isinstance(key, tuple) else str(key)
