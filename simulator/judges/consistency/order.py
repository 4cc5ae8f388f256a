"""Partial orders of operations as bit masks: one whole number for each operation's past."""

from collections.abc import Sequence


def bits(mask: int) -> list[int]:
    """The places of the bits that are set, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def sorted_by(count: int, preds: Sequence[int]) -> tuple[list[int], list[int]]:
    """(an order of 0..count-1 in which all of `preds` come first, []), or ([], a cycle) where there is none.

    preds[i]: mask of what must come before i. Of two that may be either way round, the lower comes first if it can.
    """
    done, order = 0, []
    for start in range(count):
        if done >> start & 1:
            continue
        stack, waiting = [start], 1 << start
        while stack:
            here = stack[-1]
            rest = preds[here] & ~done
            if not rest:
                stack.pop()
                done |= 1 << here
                waiting &= ~(1 << here)
                order.append(here)
                continue
            back = rest & waiting
            if back:
                ring = bits(back)[0]
                return [], stack[stack.index(ring):]
            step = (rest & -rest).bit_length() - 1
            stack.append(step)
            waiting |= 1 << step
    return order, []


def pasts(order: Sequence[int], direct: Sequence[Sequence[int]], before: Sequence[int] | None = None) -> list[int]:
    """The whole past of each, as a mask. order: as sorted_by gives it; direct: lists of what comes just before; before: masks of more."""
    past = [0] * len(direct)
    for here in order:
        mask = 0
        for earlier in direct[here]:
            mask |= past[earlier] | 1 << earlier
        if before is not None and before[here]:
            rest = before[here] & ~mask
            while rest:
                high = rest.bit_length() - 1
                mask |= past[high] | 1 << high
                rest &= ~mask
        past[here] = mask
    return past


def gathered(order: Sequence[int], direct: Sequence[Sequence[int]], before: Sequence[int], past: Sequence[int], own: Sequence[int]) -> list[int]:
    """Of each, the union of own[i] over all i of its past; arguments as of `pasts`, which gave `past`."""
    found = [0] * len(direct)
    for here in order:
        mask, seen = 0, 0
        for earlier in direct[here]:
            mask |= found[earlier] | own[earlier]
            seen |= past[earlier] | 1 << earlier
        rest = before[here] & ~seen
        while rest:
            high = rest.bit_length() - 1
            mask |= found[high] | own[high]
            rest &= ~(past[high] | 1 << high)
        found[here] = mask
    return found


def futures(order: Sequence[int], direct: Sequence[Sequence[int]]) -> list[int]:
    """The whole future of each, as a mask."""
    future = [0] * len(direct)
    for here in reversed(order):
        mask = future[here] | 1 << here
        for earlier in direct[here]:
            future[earlier] |= mask
    return future


def path(start: int, end: int, preds: Sequence[int], within: int = -1) -> list[int]:
    """The shortest way from `start` to `end`, both included, through what is in `within`; [] where there is none."""
    follow, seen, layer = {end: end}, 1 << end, [end]
    while layer:
        deeper = []
        for here in layer:
            fresh = preds[here] & ~seen & within
            if fresh >> start & 1:
                way, at = [start], here
                while at != end:
                    way.append(at)
                    at = follow[at]
                return [*way, end]
            for earlier in bits(fresh):
                follow[earlier] = here
                deeper.append(earlier)
            seen |= fresh
        layer = deeper
    return []
