"""The window of unacknowledged Segments, without socket or clock."""

from simulator.web.window import AT_MOST, STUCK_S, Window


def drained(window: Window, now: float = 0.0) -> list[int]:
    """Everything the window lets through until it is full."""
    numbers = []
    while (number := window.next()) is not None:
        window.sent(number, now)
        numbers.append(number)
    return numbers


def test_a_new_client_gets_the_oldest_first_and_at_most_four():
    window = Window(have=-1, stored=10)
    assert drained(window) == [0, 1, 2, 3]
    assert AT_MOST == 4


def test_each_acknowledgement_lets_one_more_through():
    window = Window(have=-1, stored=10)
    drained(window)
    assert window.acknowledge(0, 1.0)
    assert drained(window) == [4]


def test_an_acknowledgement_covers_what_was_sent_before_it():
    window = Window(have=-1, stored=10)
    drained(window)
    assert window.acknowledge(2, 1.0)
    assert drained(window) == [4, 5, 6]


def test_acknowledging_what_was_never_sent_changes_nothing():
    window = Window(have=-1, stored=10)
    drained(window)
    assert not window.acknowledge(7, 1.0)
    assert window.next() is None


def test_a_client_that_reconnects_gets_only_what_it_lacks():
    window = Window(have=6, stored=9)
    assert drained(window) == [7, 8]
    assert window.next() is None


def test_newest_need_comes_first_then_what_follows_then_the_holes():
    window = Window(have=-1, stored=9)
    assert drained(window) == [0, 1, 2, 3]
    window.need(7)
    window.acknowledge(3, 1.0)
    assert drained(window) == [7, 8, 4, 5]
    window.acknowledge(5, 2.0)
    assert drained(window) == [6]


def test_a_needed_segment_is_sent_again_but_not_while_it_is_on_the_way():
    window = Window(have=3, stored=4)
    window.need(1)
    assert drained(window) == [1]
    window.need(1)
    assert window.next() is None


def test_needing_a_segment_that_is_not_stored_yet_does_not_stop_the_others():
    window = Window(have=-1, stored=2)
    window.need(50)
    assert drained(window) == [0, 1]


def test_a_client_is_stuck_only_while_something_is_on_the_way():
    window = Window(have=-1, stored=2)
    assert window.stuck_at() is None
    window.sent(window.next(), 5.0)
    window.sent(window.next(), 6.0)
    assert window.stuck_at() == 5.0 + STUCK_S
    window.acknowledge(0, 20.0)
    assert window.stuck_at() == 20.0 + STUCK_S
    window.acknowledge(1, 21.0)
    assert window.stuck_at() is None
