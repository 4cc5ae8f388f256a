"""The vector time of every event of a run, in one pass."""

from collections.abc import Iterator

from simulator.engine.chronicle import Chronicle


def clocks(story: Chronicle) -> Iterator[tuple[int, dict[str, int]]]:
    """(event, node -> how many of its events happened before it or are it), oldest first.

    A clock is kept only until the last event that it was a cause of.
    """
    last = {}
    for place, number in enumerate(story.order):
        last[story.cause(number)] = place
    now: dict[str, dict[str, int]] = {}
    kept: dict[int, dict[str, int]] = {}
    for place, number in enumerate(story.order):
        node, cause = story.where(number), story.cause(number)
        clock = dict(now.get(node, ()))
        for other, count in kept.get(cause, {}).items():
            clock[other] = max(count, clock.get(other, 0))
        clock[node] = clock.get(node, 0) + 1
        now[node] = clock
        if last.get(cause) == place:
            kept.pop(cause, None)
        if number in last:
            kept[number] = clock
        yield number, clock
