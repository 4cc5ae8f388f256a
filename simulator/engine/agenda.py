"""What lies in the heap beside links: timers, and what the engine itself does later."""

from simulator.engine.actor import snake

BIRTH = ("", None)
"""The key of the timer that starts a node."""


class Kinds(dict):
    """Message class -> (its number, the handler of one role)."""

    def __missing__(self, message):
        raise AssertionError(f"no node of this class has a handler on_{snake(message.__name__)}")


class Timer:
    """A timer that is set: due at `due_ns` of its node's clock."""

    __slots__ = ("about", "due_ns", "event", "key", "kind", "node")

    def __init__(self, node, key, kind, due_ns, event):
        self.node, self.key, self.about, self.kind, self.due_ns, self.event = node, key, key[1], kind, due_ns, event


class Later:
    """Something that the engine itself does at a time."""

    __slots__ = ("run",)

    def __init__(self, run):
        self.run = run
