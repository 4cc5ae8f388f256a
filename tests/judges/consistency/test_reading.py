"""Histories of every format, and what is said of those that are none."""

import json

import pytest

from simulator.judges.consistency.history import of_rows
from simulator.judges.consistency.judging import judge
from simulator.judges.consistency.malformed import Malformed
from simulator.judges.consistency.reading import read
from simulator.judges.telling import jepsen
from tests.judges.consistency.stores import Stale, history, replicated

EDN = """
{:type :invoke, :f :read, :value nil, :process 0, :time 10, :index 0} ; a comment
{:type :invoke, :f :cas, :value [0 1], :process 1, :time 11}
#jepsen.history.Op{:index 2, :type :info, :process :nemesis, :f :start-partition, :value {:n1 #{"n2"}}}
{:type :fail, :f :cas, :value [0 1], :process 1, :time 12, :error [:timeout "x"]}
{:type :ok, :f :read, :value nil, :process 0, :time 13}
{:type :info, :process :nemesis, :f :stop-partition, :value #inst "2026-01-01", :time 20}
"""


def only(text):
    found, = read(text)
    return found.history


def test_edn_is_read_as_jepsen_writes_it():
    made = only(EDN)
    assert [(one.client, one.f, one.value, one.result, one.outcome, one.begins, one.ends) for one in made.operations] == [
        ("0", "read", None, None, "ok", 0, 4), ("1", "cas", [0, 1], None, "fail", 1, 3)]
    assert made.faults == ({"from_ns": 2, "until_ns": 5, "what": "start-partition"},), "one entry has no time, so places stand for all of them"
    assert only("[" + EDN + "]") == made, "a vector of entries is as good"


def test_keys_of_independent_tests_are_taken_apart_and_transactions_of_one_operation_too():
    lines = ['{:type :invoke :f :write :value [7 1] :process 0}', '{:type :ok :f :write :value [7 1] :process 0}',
             '{:type :invoke :f :read :value [7 nil] :process 1}', '{:type :ok :f :read :value [7 1] :process 1}']
    assert [(one.key, one.f, one.value, one.result) for one in only("\n".join(lines)).operations] == [("7", "write", 1, None), ("7", "read", None, 1)]
    lines = ['{:type :invoke :f :txn :value [[:append :x 1]] :process 0}', '{:type :ok :f :txn :value [[:append :x 1]] :process 0}',
             '{:type :invoke :f :txn :value [[:r :x nil]] :process 0}', '{:type :ok :f :txn :value [[:r :x [1]]] :process 0}']
    assert [(one.key, one.f, one.value, one.result) for one in only("\n".join(lines)).operations] == [("x", "append", 1, None), ("x", "read", None, [1])]


def rows_of(made):
    """As a Run's table has them: its clients go on after an unknown end."""
    return [one.row() | {"client": one.client.rstrip("+"), "outcome": one.outcome if one.completed_ns else None} for one in made.operations]


@pytest.mark.parametrize("seed", range(30))
def test_a_round_trip_through_jepsens_formats_changes_no_verdict(seed):
    made = replicated(seed, causal=False, sticky=False) if seed % 3 == 0 else history(seed, store=Stale if seed % 3 == 1 else history.__defaults__[3], keys=("x", "y"))
    rows = [one | ({"f": "cas", "outcome": "fail"} if one["f"] == "casfail" else {}) for one in rows_of(made)]
    known = judge(of_rows(rows))
    for text in ("".join(jepsen.edn_lines(rows)), "".join(jepsen.json_lines(rows)), json.dumps(jepsen.entries(rows)), json.dumps(rows)):
        again = judge(only(text))
        assert [(one.model, one.verdict, one.witness, one.conflict) for one in again] == [(one.model, one.verdict, one.witness, one.conflict) for one in known]


@pytest.mark.parametrize(("text", "said"), [
    ("", "Line 1: there is no operation in this text."),
    ("hello", "Line 1: this is neither JSON nor EDN (column 1)."),
    ('{"type": "invoke", "process": 0, "f": "read"}\n{"type": ', "Line 2: this is neither JSON nor EDN (column 10)."),
    ('[{"type": "invoke", "process": 0, "f": "read"}', "Line 1: ] is missing at the end."),
    ("[1]", 'Line 1: each entry must be a map, such as {"type": "invoke", "process": 0, "f": "read"}.'),
    ("[NaN]", "Line 1: this holds a number that JSON does not have, or is nested too deeply."),
    ("[" * 5000, "Line 1: this holds a number that JSON does not have, or is nested too deeply."),
    ("{:a " * 5000, "Line 1: this is nested too deeply."),
    ('{:type :invoke, :f :read, :process 0}\n\n{:type :invoke, :f "a', 'Line 3: " has no place here.'),
    ("{:type :invoke, :f :read, :process 0}\n{:type :ok, :f}", "Line 2: a map has a key without a value."),
    ("{:type :invoke, :f :read, :process 0", "Line 1: } is missing at the end."),
    ("{:type :invoke, :f :read, :process 0}\n{:type :invoke, :f :read, :process 0}", "Line 2: process 0 begins an operation before its last one has ended."),
    ("{:type :invoke, :f :read, :process 0}\n{:type :ok, :f :read, :process 1}", "Line 2: process 1 ends an operation that it has not begun."),
    ("{:type :invoke, :f :read, :process 0}\n{:type :ok, :f :write, :process 0}", "Line 2: process 0 began read and ends write."),
    ("{:type :begin, :f :read, :process 0}", 'Line 1: type must be invoke, ok, fail or info, not "begin".'),
    ("{:type :invoke, :f :read}", "Line 1: process is missing."),
    ("{:type :invoke, :f 3, :process 0}", "Line 1: f cannot be 3."),
    ("{:type :invoke, :f :cas, :value 3, :process 0}", "Line 1: the value of cas must be [expected, new], not 3."),
    ('{"events": [[0, "inv"]]}', "Line 1: events must be a list of [process, kind, operation, value]."),
    ('{"events": [[0, "ok", "read", null]]}', 'Line 1: event 0 has no place here: [0, "ok", "read", null].'),
    ('{"id": 0, "client": "a", "f": "read", "invoked_ns": 5, "completed_ns": 4, "outcome": "ok"}', "Line 1: completed_ns cannot be 4."),
    ('{"id": 0, "f": "read", "invoked_ns": 5}', "Line 1: client is missing."),
    ('{"id": 0, "client": "a", "f": "read", "invoked_ns": 99999999999999999999}', "Line 1: invoked_ns cannot be 99999999999999999999."),
    ('{"type": "info", "process": "nemesis", "f": "start"}', "Line 1: there is no operation in this text."),
    ('{"type": "invoke", "process": 0, "f": "write", "value": 1e999}', "Line 1: this holds a number that JSON does not have, or is nested too deeply."),
    ("\n{:type :invoke, :f :write, :process 0, :value 1e999}", "Line 2: 1e999 is no number that JSON has."),
    ("{:type :invoke, :f :write, :process 0, :value ##NaN}", "Line 1: ##NaN is no number that JSON has."),
    ('{"type": "invoke", "process": 0, "f": "write", "value": "\\ud83d\\ude00"}\n{"type": "ok", "process": 0, "f": "\\ud83d"}',
     "Line 2: this holds half of a character, an escape from ud800 to udfff without its other half."),
    ('{:type :invoke, :process 0, :f "\\ud800"}', "Line 1: this holds half of a character, an escape from ud800 to udfff without its other half."),
    ('{"events": [[0, "inv", 3, null]]}', "Line 1: events must be a list of [process, kind, operation, value]."),
    ("{:type :invoke, :f :read, :process 0, :time 9}\n{:type :ok, :f :read, :process 0, :time 5}", "Line 2: process 0 ends at 5 what it began at 9."),
])
def test_what_is_no_history_gets_one_sentence_with_the_line(text, said):
    with pytest.raises(Malformed) as caught:
        read(text)
    assert str(caught.value) == said


def test_a_read_of_what_nobody_wrote_is_told_as_one():
    text = '{"type": "invoke", "process": 0, "f": "read"}\n{"type": "ok", "process": 0, "f": "read", "value": 7}'
    for found in judge(only(text))[:2]:
        assert found.conflict == (0,) and found.template.format(**found.values) == "Nothing that was written explains the answer of this operation."


def test_null_is_a_value_that_was_read():
    text = '{"events": [[0, "inv", "write", 1], [0, "ok", "write", null], [1, "inv", "read", null], [1, "ok", "read", null]], "init": "nil", "expect": false}'
    found, = read(text)
    assert found.expected == "no" and judge(found.history)[0].verdict == "no"


def test_nothing_that_is_sent_brings_the_reader_down():
    """Every beginning of a text, and every text with a letter left out, is read or gets its sentence."""
    for text in (EDN, '{"events": [[0, "inv", "cas", [1, 2]], [0, "ok", "cas", null]]}', json.dumps(rows_of(history(1, count=4)))):
        for place in range(len(text)):
            for broken in (text[:place], text[:place] + text[place + 1:], text[:place] + '"' + text[place:]):
                try:
                    read(broken)
                except Malformed:
                    continue
