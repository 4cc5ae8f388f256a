"""The judge of offered work: exact where the laws say it, silent where they do not."""

import pytest

from simulator.judges.capacity import overload


@pytest.mark.parametrize(("offered", "random", "unstable"), [
    (9.999, True, False), (10.0, True, True), (10.001, True, True), (10.0, False, False), (10.001, False, True),
])
def test_at_exactly_its_capacity_a_queue_grows_as_soon_as_anything_is_random(offered, random, unstable):
    found = overload(offered, [1.0] * 10, random=random)
    assert (found is not None) is unstable
    assert found is None or (found.stable, found.code, found.server) == (False, "overload", None)


def test_the_sentence_says_how_much_is_asked_of_whom():
    assert "120 % of the work that the servers can do" in overload(12.0, [1.0] * 10).sentence
    one = overload(5.52, [1.0] * 9 + [0.2], [0.1] * 10)
    assert (one.code, one.server) == ("one_server", 9) and "server-9 is given 276 %" in one.sentence
    some = overload(5.0, [1.0, 0.4, 0.3, 5.0], [0.25] * 4, names=["a", "b", "c", "d"])
    assert (some.code, some.server) == ("some_servers", 2) and "3 servers" in some.sentence and "c most, 416.7 %" in some.sentence


def test_nothing_is_said_of_a_share_that_depends_on_the_queues():
    assert overload(5.52, [1.0] * 9 + [0.2]) is None


def test_shares_that_fit_the_servers_are_fine():
    capacity = [1.0] * 9 + [0.2]
    assert overload(5.52, capacity, [one / 9.2 for one in capacity]) is None
