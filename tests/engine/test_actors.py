"""The actor kernel gives the same run however it is cut into slices, and in every process."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.engine.chance import dice, exponential
from simulator.engine.chronicle import gather
from simulator.engine.clock import MS, S
from simulator.engine.protocol import Protocol
from simulator.engine.simulation import Plan, plan
from tests.tools.strict import strictly
from tests.tools.toys import TOY, Peer, act, after, do, heard_by, start, told

ROOT = Path(__file__).resolve().parent.parent.parent
ROUGH = {"chats": 50, "peers": 4, "stagger_ms": 5, "network": {
    "delay": {"law": "exponential", "minimum_ms": 0.1, "mean_ms": 2}, "loss": 0.01, "duplicate": 0.02, "reorder": 0.1},
    "nemesis": {"rate_per_s": 40, "mean_duration_ms": 20, "until_share": 0.9, "spare": "nobody", "faults": [
        "crash", "restart_wiped", "crash_at", "pause", "isolate", "partition", "cut", "slow", "slow_disk", "skew", "drift", "delay_link",
        "lose", "duplicate_link"]}}
SHORT = plan(1 * S)


def digest(stops=(), seed=1, tables=False):
    """The digest of a rough second that was stopped at some times."""
    run = start(seed, SHORT, **ROUGH)
    for stop in (*sorted(stops), SHORT.duration_ns):
        run.advance(stop)
        if tables:
            run.tables()
    return run.summary()["digest"]


def test_sliced_at_random_it_is_the_same_run():
    draw = random.Random(4)
    whole = digest()
    for _ in range(3):
        stops = [draw.randrange(SHORT.duration_ns) for _ in range(60)]
        assert digest(stops) == whole
        assert digest(stops, tables=True) == whole


def test_another_seed_is_another_run():
    assert len({digest(seed=seed) for seed in range(5)}) == 5


def test_every_process_computes_the_same_run():
    command = "from tests.engine.test_actors import digest; import sys; sys.stdout.write(digest())"
    found = [subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
                            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.settings"}).stdout
             for seed in ("0", "1")]
    assert found == [digest(), digest()]


def test_a_hunt_that_keeps_nothing_sees_the_same_promises_broken():
    for seed in range(3):
        runs = [start(seed, SHORT, keep, **ROUGH) for keep in (True, False)]
        for run in runs:
            run.advance(SHORT.duration_ns)
        kept, lean = (run.summary() for run in runs)
        for name in ("messages", "breaches", "reached", "operations"):
            assert kept[name] == lean[name], name


def test_messages_are_conserved():
    run = start(3, SHORT, **ROUGH)
    run.advance(SHORT.duration_ns)
    totals = run.keyframe()["totals"]
    under_way = sum(message.fate in (0, 6) for message in told(run).messages())
    assert totals["sent"] == sum(totals[name] for name in ("delivered", "lost", "cut", "down", "dropped")) + under_way
    assert all(totals[name] for name in ("delivered", "lost", "cut", "down"))


def test_events_at_one_time_run_in_the_order_in_which_they_were_scheduled():
    run = after(start(), 1)
    for text in ("a", "b", "c"):
        do(run, "peer-0", "tell", to="peer-1", text=text)
    do(run, "peer-2", "tell", to="peer-1", text="d")
    assert heard_by(after(run, 1), "peer-1") == ["a", "b", "c", "d"]


def test_messages_that_keep_their_order_never_overtake():
    config = {"network": {"delay": {"law": "exponential", "minimum_ms": 0, "mean_ms": 10}, "fifo": True}}
    run = after(start(**config), 1)
    for number in range(50):
        do(run, "peer-0", "tell", to="peer-1", text=str(number))
        after(run, 0.1)
    assert heard_by(after(run, 500), "peer-1") == [str(number) for number in range(50)]


def test_a_narrow_link_sends_one_message_after_the_other():
    run = after(start(network={"delay": {"law": "constant", "delay_ms": 1}, "bandwidth_kb_s": 100}), 1)
    for _ in range(3):  # 1,000 bytes at 100 kB/s take 10 ms
        do(run, "peer-0", "tell", to="peer-1")
    assert [len(heard_by(after(run, ms), "peer-1")) for ms in (10.9, 0.2, 9.8, 0.2, 9.8, 0.2)] == [0, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("name", ["link/a->b", "node/x"])
def test_the_quick_exponential_law_has_its_mean_and_its_tail(name):
    draw = dice(5, name).random
    sample = sorted(exponential(draw) for _ in range(200_000))
    assert sum(sample) / len(sample) == pytest.approx(1, abs=0.01)
    for share, quantile in ((0.5, 0.6931), (0.9, 2.3026), (0.99, 4.6052), (0.999, 6.9078)):
        assert sample[int(share * len(sample))] == pytest.approx(quantile, rel=0.04)


def test_a_breach_is_told_once_with_its_event():
    run = after(start(), 1)
    do(run, "peer-0", "tell", to="peer-1,peer-2", text="damn")
    story = told(after(run, 5))
    assert [(row["property"], row["node"], row["at_ns"]) for row in story.breaches] == [("no_swearing", "peer-1", 2 * MS)]
    assert story.event(story.breaches[0]["event"]).kind == "Word"
    assert [row["property"] for row in story.reached] == ["heard"]


def test_windows_tell_the_same_story_as_the_whole():
    whole, parts = start(2, SHORT, **ROUGH), start(2, SHORT, **ROUGH)
    whole.advance(SHORT.duration_ns)
    story, pieces = told(whole), []
    parts.recording.at_most = None
    for _from, until_ns in SHORT.windows():
        keyframe = parts.keyframe()
        parts.advance(until_ns)
        pieces.append((keyframe, parts.tables()))
    other = gather(TOY, pieces)
    assert other.order == story.order
    assert list(other.messages()) == list(story.messages())
    assert other.changes == story.changes
    assert list(other.events()) == list(story.events())


def test_a_plan_with_few_samples_changes_nothing_else():
    runs = [start(1, cut, **ROUGH) for cut in (SHORT, Plan(1 * S, 1 * S, 1 * S))]
    for run in runs:
        run.advance(1 * S)
    assert runs[0].summary()["digest"] == runs[1].summary()["digest"]


def test_a_click_between_two_events_does_not_move_them():
    """A click that changes nothing in the end leaves what others draw as it was."""
    runs = [start(1, SHORT, chats=30), start(1, SHORT, chats=30)]
    for run in runs:
        run.advance(100 * MS)
    act(runs[1], "cut", "peer-0->peer-1")
    act(runs[1], "mend", "peer-0->peer-1")
    for run in runs:
        run.advance(1 * S)
    stories = [told(run) for run in runs]
    assert [message[1:7] for message in stories[0].messages()] == [message[1:7] for message in stories[1].messages()]


class Sloppy(Peer):
    """Changes a field in place, which the kernel cannot see."""

    def begin(self):
        super().begin()
        self.seen_from = {}

    def on_word(self, m, src):
        self.seen_from[src] = m.text


def test_the_strict_mode_of_the_conformance_suite_sees_a_change_in_place():
    facts = replace(TOY, cast=lambda _config: {"peer-0": Peer, "peer-1": Sloppy})
    with strictly(facts, [Peer, Sloppy]):
        run = Protocol(facts, TOY.config(stagger_ms=0.0), 1, SHORT, {})
        after(run, 1)
        do(run, "peer-0", "tell", to="peer-1")
        with pytest.raises(AssertionError, match="Sloppy.on_word changed seen_from of peer-1 in place"):
            after(run, 100)
