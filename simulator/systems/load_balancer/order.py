"""The two priority structures of the kernel, both ordered by (time, sequence). Compiled by Numba.

tree: a tournament over all slots of all servers. Its leaves hold the departures, every inner node
the earlier of its two children, node 1 the earliest of all. Changing one costs log2(slots) steps.
heap: a binary heap of messages on their way and of timers.
"""

import numpy as np
from numba import njit

inline = njit(forceinline=True, _nrt=False, error_model="numpy")
ONE = np.uint64(1)


@inline
def before(time, sequence, other_time, other_sequence):
    """Whether the first event comes before the other one. Without a branch: it is a coin toss."""
    return (time < other_time) | ((time == other_time) & (sequence < other_sequence))


@inline
def tree_set(tree, slot, time, sequence):
    """The departure from `slot` is at `time` from now on; NEVER for none."""
    index = np.uint64(slot + (len(tree) >> 1))
    while True:
        node = tree[index]
        node.time = time
        node.sequence = sequence
        node.slot = slot
        if index <= ONE:
            return
        other = tree[index ^ ONE]
        tie = np.int64((other.time == time) & (other.sequence < sequence))
        theirs = (other.time - time - tie) >> 63  # -1 where the other is earlier, 0 where not: no branch to guess
        time ^= (time ^ other.time) & theirs
        sequence ^= (sequence ^ other.sequence) & theirs
        slot ^= (slot ^ other.slot) & theirs
        index >>= ONE


@inline
def heap_put(heap, index, time, sequence, what, kind):
    """Write an event into its place."""
    node = heap[np.uint64(index)]
    node.time = time
    node.sequence = sequence
    node.what = what
    node.kind = kind


@inline
def heap_push(heap, size, time, sequence, what, kind):
    """Add an event to a heap of `size` events."""
    index = size
    while index > 0:
        parent = heap[np.uint64((index - 1) >> 1)]
        if before(parent.time, parent.sequence, time, sequence):
            break
        heap_put(heap, index, parent.time, parent.sequence, parent.what, parent.kind)
        index = (index - 1) >> 1
    heap_put(heap, index, time, sequence, what, kind)


@inline
def heap_drop(heap, size):
    """Take the earliest event out of a heap of `size` events."""
    last = heap[np.uint64(size - 1)]
    time, sequence, what, kind = last.time, last.sequence, last.what, last.kind
    index = 0
    while 2 * index + 1 < size - 1:
        child = 2 * index + 1
        left, right = heap[np.uint64(child)], heap[np.uint64(child + 1)]
        child += before(right.time, right.sequence, left.time, left.sequence)
        least = heap[np.uint64(child)]
        if before(time, sequence, least.time, least.sequence):
            break
        heap_put(heap, index, least.time, least.sequence, least.what, least.kind)
        index = child
    heap_put(heap, index, time, sequence, what, kind)
