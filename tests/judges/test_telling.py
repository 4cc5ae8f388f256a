"""Exports of a run: each is read back the way its tool reads it."""

import json
import re

import pytest

from simulator.engine.causality import Causality
from simulator.judges.telling import chrome_trace, jepsen, shiviz
from simulator.judges.telling.clocks import clocks
from tests.engine.test_actors import ROUGH, SHORT
from tests.tools.toys import act, after, do, start, told


@pytest.fixture(scope="module")
def story():
    """A rough second: faults, losses, crashes, restarts."""
    run = start(3, SHORT, **ROUGH)
    run.advance(SHORT.duration_ns // 2)
    return told(run)


# ShiViz


def test_the_clocks_of_one_pass_are_those_on_demand(story):
    causality = Causality(story)
    for place, (number, clock) in enumerate(clocks(story)):
        if place % 97 == 0:
            assert clock == causality.vector(number)


def parsed(text):
    """What ShiViz reads: its default parser, matched again and again (JavaScript's named groups have no P)."""
    parser = re.compile(shiviz.PARSER.replace("(?<", "(?P<"))
    found = list(parser.finditer(text))
    assert "".join(match.group(0) + "\n" for match in found) == text, "nothing is left over between two events"
    return [(match["event"], match["host"], json.loads(match["clock"])) for match in found]


def test_shiviz_reads_every_event_and_the_clocks_are_consistent(story):
    """As ShiViz checks them: a host counts its own events without a gap, and knows of others only what has happened."""
    events = parsed("".join(shiviz.lines(story)))
    assert len(events) == len(story.order)
    seen: dict[str, dict[str, int]] = {}
    for _event, host, clock in events:
        before = seen.get(host, {})
        assert clock[host] == before.get(host, 0) + 1
        assert all(clock.get(other, 0) >= count for other, count in before.items())
        for other, count in clock.items():
            if other != host:
                assert count <= seen[other][other], "nobody knows what has not happened yet"
        seen[host] = clock


def test_a_message_is_an_edge_between_the_two_clocks():
    run = after(start(peers=2), 1)
    do(run, "peer-0", "tell", to="peer-1", text="two\nlines {and} braces")
    events = parsed("".join(shiviz.lines(told(after(run, 5)))))
    assert events[-1][1:] == ("peer-1", {"peer-0": 2, "peer-1": 2})
    assert "got Word (text two lines {and} braces) from peer-0" in events[-1][0]


def test_actions_on_the_whole_system_have_a_line_of_their_own(story):
    run = after(start(peers=2), 1)
    act(run, "partition", groups="peer-0|peer-1")
    events = parsed("".join(shiviz.lines(told(run))))
    assert events[-1][1:] == ("outside", {"outside": 1})


# Chrome trace


def test_the_chrome_trace_is_json_in_which_every_arrow_has_two_ends_on_slices(story):
    document = json.loads("".join(chrome_trace.trace(story)))
    events = document["traceEvents"]
    for event in events:
        assert {"ph", "name", "pid", "tid"} <= event.keys()
        assert event["ph"] == "M" or event["ts"] >= 0
    boxes = {(event["pid"], event["tid"], event["ts"]) for event in events if event["ph"] == "X"}
    begins = {event["id"]: event for event in events if event["ph"] == "s"}
    ends = {event["id"]: event for event in events if event["ph"] == "f"}
    assert begins.keys() == ends.keys() and len(begins) > 100
    for number, end in ends.items():
        assert begins[number]["ts"] <= end["ts"] and end["bp"] == "e"
        assert (end["pid"], end["tid"], end["ts"]) in boxes
        begin = begins[number]
        assert (begin["pid"], begin["tid"], begin["ts"]) in boxes


def test_the_chrome_trace_names_roles_nodes_and_bands(story):
    events = list(chrome_trace.events(story))
    names = [event["args"]["name"] for event in events if event["name"] == "thread_name"]
    assert names == [*story.nodes, "outside"]
    opened = [event["id"] for event in events if event["ph"] == "b"]
    assert opened and opened == [event["id"] for event in events if event["ph"] == "e"]
    assert {event["cat"] for event in events if event["ph"] == "i"} >= {"action", "lost"}


# Jepsen


def operation(number, client, invoked, completed, outcome, **more):
    return {"id": number, "client": client, "f": "write", "key": None, "value": 1, "invoked_ns": invoked, "completed_ns": completed,
            "outcome": outcome, "result": None} | more


def test_a_history_has_its_operations_in_order_of_time():
    history = jepsen.entries([operation(0, "client-0", 10, 30, "ok", f="read", value=None, result=7), operation(1, "client-1", 20, 25, "fail")])
    assert [(one["index"], one["type"], one["process"], one["f"], one["value"], one["time"]) for one in history] == [
        (0, "invoke", 0, "read", None, 10), (1, "invoke", 1, "write", 1, 20), (2, "fail", 1, "write", 1, 25), (3, "ok", 0, "read", 7, 30)]


def test_a_client_whose_operation_has_an_unknown_end_is_a_new_process():
    history = jepsen.entries([operation(0, "client-0", 10, 20, "info"), operation(1, "client-0", 30, 40, "ok"),
                              operation(2, "client-0", 50, None, None), operation(3, "client-1", 60, 70, "ok")])
    assert [(one["type"], one["process"]) for one in history] == [
        ("invoke", 0), ("info", 0), ("invoke", 1), ("ok", 1), ("invoke", 1), ("invoke", 2), ("ok", 2)]


def test_no_process_has_two_operations_at_once():
    history = jepsen.entries([operation(0, "client-0", 10, 40, "ok"), operation(1, "client-0", 20, 30, "ok"), operation(2, "client-0", 40, 40, "ok")])
    busy = set()
    for one in history:
        if one["type"] == "invoke":
            assert one["process"] not in busy
            busy.add(one["process"])
        else:
            busy.remove(one["process"])


def test_an_operation_that_takes_no_time_begins_before_it_ends():
    run = after(start(peers=2), 1)
    do(run, "peer-0", "ask", key="x", value=5)
    lines = list(jepsen.json_lines(told(run).operations))
    assert [json.loads(line)["type"] for line in lines] == ["invoke", "ok"]


@pytest.mark.parametrize(("value", "text"), [
    (None, "nil"), (True, "true"), (3, "3"), (0.5, "0.5"), ('say "hi"', '"say \\"hi\\""'), ([1, None], "[1 nil]"),
    ({"a": 1, "2b": 2}, '{:a 1, "2b" 2}'), (jepsen.Keyword("ok"), ":ok"), (jepsen.Keyword("two words"), '"two words"')])
def test_values_in_edn(value, text):
    assert jepsen.edn(value) == text


def test_a_line_of_edn_is_what_jepsen_writes():
    line = next(iter(jepsen.edn_lines([operation(0, "client-0", 10, 30, "ok", key="x", f="cas", value=[1, 2])])))
    assert line == '{:index 0, :type :invoke, :process 0, :f :cas, :value [1 2], :time 10, :client "client-0", :key "x"}\n'
