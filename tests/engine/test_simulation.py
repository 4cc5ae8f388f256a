"""How a Run is cut into Segments, and who acts when."""

import pytest

import simulator.systems  # noqa: F401 - registers them
from simulator.engine.action import Action, ActionRefused, ActionSpec, Param, check_params
from simulator.engine.clock import MAX_NS, MS, S, ns_from_ms, ns_from_s, text_s
from simulator.engine.simulation import Plan, plan, record
from simulator.engine.system import registered, system
from simulator.engine.words import N_


class Diary:
    """A Simulation that writes down what is asked of it."""

    def __init__(self):
        self.now_ns, self.asked = 0, []

    def advance(self, until_ns):
        self.asked.append(("advance", until_ns))
        self.now_ns = until_ns

    def apply(self, action):
        assert action.at_ns == self.now_ns
        self.asked.append(("apply", action.kind, action.at_ns))

    def keyframe(self):
        return {"now_ns": self.now_ns}

    def tables(self, wanted=True):
        asked, self.asked = self.asked, []
        return {"asked": asked}


@pytest.mark.parametrize(("duration_ns", "window_ns"), [
    (1, 1000), (60 * S, S), (100 * S, S), (100 * S + 1, 2 * S), (50 * MS, 500_000), (MAX_NS, 100_000 * S)])
def test_windows_are_round_and_a_hundred_at_most(duration_ns, window_ns):
    cut = plan(duration_ns)
    windows = cut.windows()
    assert (cut.window_ns, cut.sample_ns * 20) == (window_ns, window_ns)
    assert len(windows) <= 100 and windows[0][0] == 0 and windows[-1][1] == duration_ns
    assert all(before[1] == after[0] for before, after in zip(windows[:-1], windows[1:], strict=True))


def test_record_does_actions_in_their_windows_and_in_order():
    actions = [Action(20, "late"), Action(5, "first"), Action(5, "second"), Action(10, "at the start of a window")]
    segments = list(record(Diary(), actions, Plan(25, 10, 5)))
    assert [(one.number, one.from_ns, one.until_ns, one.keyframe["now_ns"]) for one in segments] == [
        (0, 0, 10, 0), (1, 10, 20, 10), (2, 20, 25, 20)]
    assert [one.tables["asked"] for one in segments] == [
        [("advance", 5), ("apply", "first", 5), ("advance", 5), ("apply", "second", 5), ("advance", 10)],
        [("advance", 10), ("apply", "at the start of a window", 10), ("advance", 15), ("advance", 20)],
        [("advance", 20), ("apply", "late", 20), ("advance", 25)]]


def test_record_lives_through_what_it_does_not_yield():
    whole = list(record(Diary(), [Action(3, "early")], Plan(30, 10, 5)))
    assert list(record(Diary(), [Action(3, "early")], Plan(30, 10, 5), first=2)) == whole[2:]


def test_somebody_is_seen_to_be_at_work_after_each_sample_of_a_window_that_takes_long():
    said = []
    windows = record(Diary(), [Action(3, "early")], Plan(30, 10, 5), lived=lambda: said.append(1))
    assert [(one.number, len(said)) for one in windows] == [(0, 3), (1, 5), (2, 7)]


SPEC = ActionSpec("slow", "Slow", "server", ("up",), "{target} is {state}.",
                  (Param("factor", "Factor", 5.0, 0.5, 10.0), Param("times", "Times", 1, 1, 3, integer=True)))


def test_params_are_filled_in_and_checked():
    assert check_params(SPEC, {"factor": 2}) == {"factor": 2.0, "times": 1}
    assert isinstance(check_params(SPEC, {"times": 2.0})["times"], int)
    for params, field, sentence in (
        ({"factor": 11}, "params.factor", "factor must be a number from 0.5 to 10."),
        ({"factor": True}, "params.factor", "factor must be a number from 0.5 to 10."),
        ({"factor": float("nan")}, "params.factor", "factor must be a number from 0.5 to 10."),
        ({"times": 1.5}, "params.times", "times must be a whole number from 1 to 3."),
        ({"speed": 1}, "params.speed", "slow takes no speed; it takes: factor, times."),
    ):
        with pytest.raises(ActionRefused) as refused:
            check_params(SPEC, params)
        assert (refused.value.field, str(refused.value)) == (field, sentence)


def test_a_spec_says_why_it_would_change_nothing():
    assert SPEC.refused("server-1", "up") == ""
    assert SPEC.refused("server-1", "down") == "server-1 is down."
    assert Action(1, "slow", "server-1", {"factor": 2}).document() == {
        "at_ns": 1, "kind": "slow", "target": "server-1", "params": {"factor": 2}}


def test_times_are_whole_nanoseconds():
    assert (ns_from_ms(0.5), ns_from_s(1.5), text_s(4_210_000_000), text_s(3 * S)) == (500_000, 1_500_000_000, "4.21 s", "3 s")
    assert MAX_NS < 2**53


def test_a_system_is_known_by_its_module_and_only_once():
    assert "load_balancer" in registered() and N_("text") == "text"
    with pytest.raises(AssertionError, match="two systems"):
        def build():
            """Not a system of its own."""
        build.__module__ = "simulator.systems.load_balancer"
        system(title="", summary="", config=None, actions=(), estimate=None, roles={}, sources=(), modelled=(), left_out=())(build)
