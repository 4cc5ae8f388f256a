"""The smallest part of a conflict: what is left when nothing more can be taken away.

Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", TSE 28(2), 2002, for a test that is monotone: a
part of what can be explained can be explained. So one pass over the single elements is enough for a part from which
nothing can be taken (their 1-minimality). An operation that is taken away is not forgotten but set free: it may have
happened at any time, any number of times; otherwise a read would always be its own smallest conflict.
"""

from collections.abc import Callable, Sequence

FIRST_WINDOW = 8


def smallest(items: Sequence, conflicts: Callable[[list], bool | None]) -> tuple[list, bool]:
    """(a part of `items` that conflicts, whether it is the smallest). `items` in order of time, the trouble at their end.

    conflicts(part): None where that could not be found out within the bound.
    """
    part = _window(list(items), conflicts)
    part, whole = _halves(part, conflicts)
    for item in tuple(reversed(part)):  # what is late is mostly answers: who reads goes before who writes
        without = [other for other in part if other is not item]
        answer = conflicts(without)
        whole &= answer is not None
        if answer:
            part = without
    return part, whole


def _window(items: list, conflicts: Callable) -> list:
    """The last few, if they conflict by themselves."""
    size = FIRST_WINDOW
    while size < len(items):
        if conflicts(items[-size:]):
            return items[-size:]
        size *= 4
    return items


def _halves(items: list, conflicts: Callable) -> tuple[list, bool]:
    """Take away runs of elements, half of them at first, then shorter ones. Of a few, one by one is as good."""
    run, sure = len(items) // 2 if len(items) > FIRST_WINDOW else 0, True
    while run > 1:
        start = 0
        while start < len(items):
            without = items[:start] + items[start + run:]
            answer = conflicts(without)
            sure &= answer is not None
            if answer:
                items = without
            else:
                start += run
        run //= 2
    return items, sure
