"""`manage.py judge`, and the round trip of what real scenarios' clients saw."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from simulator.judges.consistency.history import of_rows
from simulator.judges.consistency.judging import judge
from simulator.judges.consistency.reading import read
from simulator.judges.telling import jepsen
from simulator.scenarios import play
from simulator.scenarios.library import builtin

RIGHT = '{"events": [[0, "inv", "write", 1], [0, "ok", "write", null], [1, "inv", "read", 1], [1, "ok", "read", null]]}'
STALE = RIGHT.replace('"read", 1', '"read", null')
PENDING = '{"events": [[0, "inv", "transaction", 1]]}'


def judged(tmp_path, text, *more):
    """(exit code, what was printed)."""
    file, out = tmp_path / "history.jsonl", io.StringIO()
    file.write_text(text)
    try:
        call_command("judge", str(file), *more, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_exit_code_is_that_of_the_strongest_model_asked_for(tmp_path):
    assert judged(tmp_path, RIGHT)[0] == 0
    assert judged(tmp_path, STALE)[0] == 1
    assert judged(tmp_path, STALE, "--model", "sequential")[0] == 0
    assert judged(tmp_path, PENDING)[0] == 2
    assert judged(tmp_path, "\n".join([RIGHT, PENDING, STALE, RIGHT]))[0] == 1, "the worst one counts"


def test_what_is_printed_tells_the_models_and_the_conflict(tmp_path):
    lines = judged(tmp_path, STALE)[1].splitlines()
    assert lines[:4] == ["2 operations of 2 clients",
                         "linearizable: no. No order explains the answers of these 2 operations and keeps real time, whatever the others did.",
                         "    0: 0 write value 1 (0, ok at 1)", "    1: 1 read got null (2, ok at 3)"]
    assert lines[4].startswith("sequential: yes.") and lines[-1] == "stale: 1 (operations 1)"


def test_json_holds_witness_and_conflict(tmp_path):
    answer, = json.loads(judged(tmp_path, STALE, "--json")[1])
    assert answer["verdicts"][0]["conflict"] == [0, 1] and answer["verdicts"][1]["witness"] == [1, 0]


@pytest.mark.parametrize("text", ["{", "", '{"events": [[0, "ok", "read", null]]}', "\x00"])
def test_what_is_no_history_is_said_in_one_sentence_with_the_line_and_code_2(tmp_path, text):
    with pytest.raises(CommandError) as caught:
        judged(tmp_path, text)
    assert caught.value.returncode == 2 and str(caught.value).startswith("Line 1: ")


@pytest.mark.parametrize("file", ["nowhere", "binary"])
def test_what_cannot_be_read_has_code_2(tmp_path, file):
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError) as caught:
        call_command("judge", str(tmp_path / file))
    assert caught.value.returncode == 2


SCENARIOS = {"raft-stale-read": "no", "raft-isolated-leader": "yes", "raft-lagging-follower": "yes", "multi-paxos-stale-reads": "no",
             "multi-paxos-leader-crash": "yes", "paxos-duel": "yes"}


@pytest.mark.parametrize("key", SCENARIOS)
def test_the_history_of_a_scenario_is_judged_as_its_text_says_and_a_round_trip_changes_nothing(key):
    document = builtin()[key]
    rows = play.prepare(document, document.seed).operations()
    known = judge(of_rows(rows))
    assert known[0].verdict == SCENARIOS[key]
    for text in ("".join(jepsen.edn_lines(rows)), "".join(jepsen.json_lines(rows)), json.dumps(list(jepsen.entries(rows)))):
        found, = read(text)
        assert [(one.model, one.verdict, one.witness, one.conflict) for one in judge(found.history)] == [
            (one.model, one.verdict, one.witness, one.conflict) for one in known]
