"""What must always and what must sometimes be so: properties that are looked at while a system runs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class Property:
    """One promise. `check(world)` is asked after every event in which a field of `watch` changed at some node.

    always: the check returns a Breach where the promise is broken, else None. Otherwise ("sometimes") it
    returns whether the thing has come about; it is not asked again once it has.
    watch may hold "operations": asked when a client's operation began or ended, and "health": when a
    node crashed, restarted, paused, resumed, joined or left.
    when: (dotted path of the Config, values): promised only where the option has one of them; None: always.
    """

    key: str
    sentence: str
    watch: tuple[str, ...]
    check: Callable
    always: bool
    when: tuple[str, tuple[str, ...]] | None = None

    def applies(self, options) -> bool:
        """Whether a run with this Config is held to it."""
        return self.when is None or reduce(getattr, self.when[0].split("."), options) in self.when[1]


class Breach:
    """A promise that was broken: a sentence marked with N_ and what stands in its {places}."""

    __slots__ = ("template", "values")

    def __init__(self, template: str, **values):
        self.template, self.values = template, values

    def __str__(self):
        return self.template.format(**self.values)


def always(sentence: str, watch: tuple[str, ...], when: tuple[str, tuple[str, ...]] | None = None) -> Callable[[Callable], Property]:
    """Make the decorated function the check of a promise that must never be broken."""
    return lambda check: Property(check.__name__, sentence, watch, check, True, when)


def sometimes(sentence: str, watch: tuple[str, ...], when: tuple[str, tuple[str, ...]] | None = None) -> Callable[[Callable], Property]:
    """Make the decorated function the check of something that must come about in some run."""
    return lambda check: Property(check.__name__, sentence, watch, check, False, when)
