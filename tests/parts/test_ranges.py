"""Range partitioning: a split moves keys of one range only."""

from collections import Counter

import pytest

from simulator.parts.ranges import Range, merged, owners, split, whole

KEYS = 1200


def placed(ranges):
    """The owners of every key."""
    return [owners(ranges, key) for key in range(KEYS)]


@pytest.mark.parametrize("nodes", [1, 3, 7, 10])
def test_ranges_are_equal_at_first_and_cover_every_key(nodes):
    counts = Counter(first for first, *_others in placed(whole(range(nodes), KEYS, 3)))
    assert set(counts) == set(range(nodes)) and max(counts.values()) - min(counts.values()) <= 1


def test_keys_at_a_split_point_belong_to_the_range_that_begins_there():
    ranges = (Range(0, ("a",)), Range(10, ("b",)), Range(20, ("c",)))
    assert [owners(ranges, key)[0] for key in (0, 9, 10, 19, 20, 10_000)] == list("aabbcc")


@pytest.mark.parametrize("nodes", [3, 10])
def test_a_split_moves_half_of_one_range_to_the_new_node_and_nothing_between_the_others(nodes):
    before = whole(range(nodes), KEYS, 1)
    moved = [(one, other) for one, other in zip(placed(before), placed(split(before, KEYS, "new", 1)), strict=True) if one != other]
    assert {other for _one, other in moved} == {("new",)} and len({one for one, _other in moved}) == 1
    assert len(moved) == KEYS // (2 * nodes)


def test_splits_take_the_widest_range_so_that_shares_differ_by_a_factor_of_two_at_most():
    ranges = whole(range(4), KEYS, 2)
    for node in range(4, 13):
        ranges = split(ranges, KEYS, node, 2)
        widths = Counter(first for first, _second in placed(ranges))
        assert len(widths) == node + 1 and max(widths.values()) <= 2 * min(widths.values()) + 1


def test_who_leaves_is_replaced_in_its_ranges_only():
    before = whole(range(5), KEYS, 3)
    after = merged(before, 2, [0, 1, 3, 4])
    for one, other in zip(placed(before), placed(after), strict=True):
        assert len(set(other)) == 3 and 2 not in other
        assert set(one) - {2} <= set(other), "who stays keeps what it holds"
    assert merged(whole(range(2), KEYS, 2), 1, [0]) == (Range(0, (0,)),)
