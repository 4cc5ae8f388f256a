"""Watches the nodes of a run of actors while they handle: nothing that a field holds may be changed in place."""

from contextlib import contextmanager
from copy import deepcopy
from functools import wraps

from simulator.engine.actor import Node

ALLOWED = (str, int, float, bool, type(None), tuple, frozenset, dict)


def handlers(role: type[Node]) -> list[str]:
    """The names of a role's handlers, inherited ones included."""
    return [name for name in dir(role) if name == "begin" or name.startswith(("on_", "do_"))]


@contextmanager
def strictly(facts, roles):
    """Within it every handler of `roles` is checked; AssertionError names the field that is not as it should be."""
    replaced = []
    facts.cache.clear()  # it holds the handlers as they were
    try:
        for role in roles:
            for name in handlers(role):
                replaced.append((role, name, role.__dict__.get(name)))
                setattr(role, name, _watched(getattr(role, name), f"{role.__name__}.{name}"))
        yield
    finally:
        facts.cache.clear()
        for role, name, before in reversed(replaced):
            if before is None:
                delattr(role, name)
            else:
                setattr(role, name, before)


def _watched(handler, called: str):
    @wraps(handler)
    def watched(node, *arguments, **more):
        before = dict(node.__dict__)
        copies = deepcopy(before)
        result = handler(node, *arguments, **more)
        for name, value in before.items():
            assert value == copies[name], f"{called} changed {name} of {node.id} in place"
        for name, value in node.__dict__.items():
            _check(value, f"{called}: {node.id}.{name}")
        return result
    return watched


def _check(value, where: str) -> None:
    assert isinstance(value, ALLOWED), f"{where} holds a {type(value).__name__}, which can be changed in place"
    if isinstance(value, dict):
        for inner in value.values():
            _check(inner, where)
    elif isinstance(value, (tuple, frozenset)):
        for inner in value:
            _check(inner, where)
