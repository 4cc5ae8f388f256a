"""Files of real requests: read exactly, previewed truthfully, refused in one sentence."""

import gzip
import io
import random
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenarios import recordings
from simulator.scenarios.document import parse
from simulator.scenarios.mistake import Mistake
from simulator.scenarios.recordings import Limits, Recording

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"
SMALL = Limits(max_bytes=200_000, max_text_bytes=400_000, max_rows=1000, max_line_bytes=10_000)


def read(text: str | bytes, mapping=None, limits=None) -> Recording:
    """The Recording in `text`."""
    return recordings.read(io.BytesIO(text.encode() if isinstance(text, str) else text), "test", mapping, limits)


def preview(text: str | bytes, mapping=None) -> dict:
    """The Preview of `text` as JSON."""
    return recordings.preview(io.BytesIO(text.encode() if isinstance(text, str) else text), "test", mapping).document()


def trace(name: str):
    """A real trace, opened; skips where the machine has none."""
    if not (TRACES / name).exists():
        pytest.skip(f"the real trace {name} is not on this machine")
    return (TRACES / name).open("rb")


def test_the_azure_trace_is_read_exactly():
    with trace("AzureLLMInferenceTrace_conv.csv.gz") as file:
        seen = recordings.preview(file, "conv")
    recording = seen.recording
    assert seen.mapping.model_dump() == {
        "format": "csv", "header": True, "delimiter": ",", "time": "TIMESTAMP", "time_unit": "auto",
        "demand": "GeneratedTokens", "demand_factor": 0.02}
    assert (recording.rows, recording.refused_total, recording.warnings) == (19366, 0, [])
    assert recording.offset_ns == 1700158546_680590000
    assert recording.arrival_ns[:3].tolist() == [0, 4_314579000, 4_541877000]
    assert recording.span_ns == 3501_721937000
    assert recording.demand_ns[:3].tolist() == [880_000_000, 2_180_000_000, 1_100_000_000]
    assert sum(seen.document()["rate"]["counts"]) == 19366


def test_every_azure_arrival_is_the_file_s_own():
    with trace("AzureLLMInferenceTrace_conv.csv.gz") as file:
        lines = gzip.decompress(file.read()).decode().split()[2::2]
        file.seek(0)
        recording = recordings.read(file, "conv")
    digits = [int(line.split(",")[0][6:8]) * 10**7 + int(line.split(",")[0][9:16]) for line in lines]
    own = (recording.arrival_ns + recording.offset_ns) // 100 % (60 * 10**7)
    assert own.tolist() == digits
    assert (recording.demand_ns // 20_000_000).tolist() == [int(line.split(",")[2]) for line in lines]


def test_the_apache_log_is_read_and_doubted():
    with trace("apache_logs_semicomplete_2015.log.gz") as file:
        seen = recordings.preview(file, "apache").document()
    assert (seen["rows"], seen["mapping"]["format"], seen["mapping"]["time"]) == (10000, "combined", "time")
    assert any("whole seconds" in warning for warning in seen["warnings"])
    assert any("earlier than the row before" in warning for warning in seen["warnings"])


def test_bytes_of_the_apache_log_can_be_the_demand():
    with trace("apache_logs_semicomplete_2015.log.gz") as file:
        mapping = {"format": "combined", "time": "time", "demand": "bytes", "demand_factor": 1e-6}
        recording = recordings.read(file, "apache", mapping)
    assert recording.rows == 10000 and recording.demand_ns.sum() == 2_747_282_740_000


def test_the_azure_functions_sample_is_read():
    with trace("AzureFunctions2021_first199.csv") as file:
        seen = recordings.preview(file, "functions").document()
    assert seen["rows"] == 199
    assert (seen["mapping"]["time"], seen["mapping"]["demand"]) == ("end_timestamp", "duration")


def test_a_trace_in_a_foreign_format_is_refused():
    with trace("web07.trace.xz") as file, pytest.raises(Mistake, match="xz format"):
        recordings.preview(file, "web07")


@pytest.mark.parametrize(("text", "expected"), [
    ("t,d\n0,1\n1.5,2\n", [0, 1_500000000]),
    ("t;d\r\n0;1\r\n1.5;2\r\n", [0, 1_500000000]),
    ("t\td\n0\t1\n1.5\t2\n", [0, 1_500000000]),
    ("0 1\n1.5 2\n2 3\n", [0, 1_500000000, 2_000000000]),
    ("0\n0.25\n1\n", [0, 250000000, 1_000000000]),
    ("time\n2023-11-16 18:15:46\n2023-11-16 18:15:46.5\n", [0, 500000000]),
    ("2023-11-16 18:15:46\n2023-11-16 18:15:47\n", [0, 1_000000000]),
    ("\ufefftime,x\n5,a\n6,b", [0, 1_000000000]),
    ('time,x\n5,"a, b"\n6,"c\nd"\n7,e\n', [0, 1_000000000, 2_000000000]),
    ('{"ts": 1700158546.680590001, "x": 1}\n{"ts": 1700158546.680590003}\n', [0, 2]),
    ('{"at": "2023-11-16T18:15:46Z"}\n\n{"at": "2023-11-16T18:15:46.000000001Z"}\n', [0, 1]),
    ('{"a": {"time": 10}, "b": 1}\n{"a": {"time": 11}}\n', [0, 1_000000000]),
])
def test_formats_are_told_apart(text, expected):
    recording = read(text)
    assert recording.arrival_ns.tolist() == expected
    assert recording.refused_total == 0


def test_combined_lines_with_the_request_time_behind_them():
    line = '1.2.3.4 - - [17/May/2015:10:05:{:02d} +0000] "GET /\\"x HTTP/1.1" 200 - "-" "agent \\" y" 0.{}\n'
    seen = recordings.preview(io.BytesIO("".join(line.format(n, n + 1) for n in range(5)).encode()), "log")
    assert (seen.mapping.demand, seen.mapping.demand_factor) == ("extra 1", 1.0)
    assert seen.recording.demand_ns.tolist() == [100_000_000 * (n + 1) for n in range(5)]


def test_rows_out_of_order_are_sorted_stably_and_said():
    recording = read("t,d\n5,1\n3,2\n5,3\n4,4\n", {"format": "csv", "time": "t", "demand": "d", "demand_factor": 1})
    assert recording.arrival_ns.tolist() == [0, 1_000000000, 2_000000000, 2_000000000]
    assert (recording.demand_ns // 10**9).tolist() == [2, 4, 1, 3]
    assert recording.offset_ns == 3_000000000
    assert any("2 rows are earlier" in warning for warning in recording.warnings)


def test_refused_rows_are_numbered_with_their_reason():
    text = "t,d\n0,1\nlater,2\n2,-1\n3,\n4,nan\n5\n6,7\n"
    recording = read(text, {"format": "csv", "time": "t", "demand": "d", "demand_factor": 0.5})
    assert recording.demand_ns.tolist() == [500_000_000, 3_500_000_000]
    assert recording.refused_total == 5
    assert [line for line, _reason in recording.refused] == [3, 4, 5, 6, 7]
    assert "later" in recording.refused[0][1] and "missing" in recording.refused[2][1]
    assert "1 columns instead of 2" in recording.refused[4][1]


def test_only_the_first_refused_rows_are_kept_and_all_are_counted():
    recording = read(
        "t,d\n" + "1,1\n" * 200 + "x,1\n" * 500, {"format": "csv", "time": "t"}, SMALL)
    assert (len(recording.refused), recording.refused_total) == (20, 500)
    assert any("is the mapping right" in warning for warning in recording.warnings)


@pytest.mark.parametrize(("text", "cv2"), [
    ("\n".join(str(n) for n in range(100)), 0.0), ("\n".join(str(n // 10 * 10) for n in range(1000)), 9.1),
])
def test_burstiness_is_the_squared_variation_of_the_gaps(text, cv2):
    assert preview(text)["cv2"] == pytest.approx(cv2, abs=0.15)


def test_the_rate_over_time_counts_every_request_once():
    seen = preview("\n".join(str(n * n) for n in range(1000)))
    assert len(seen["rate"]["counts"]) <= 200 and sum(seen["rate"]["counts"]) == 1000
    assert seen["rate"]["bin_ns"] * len(seen["rate"]["counts"]) > seen["span_ns"]


def test_one_request_is_a_recording_too():
    seen = preview("time\n5\n")
    assert (seen["rows"], seen["span_ns"], seen["cv2"], seen["rate"]["counts"]) == (1, 0, None, [1])
    assert parse(recordings.scenario(read("time\n5\n"))).duration_s == 1


def test_a_recording_survives_being_stored():
    recording = read("t,d\n0,1\nbad,1\n2,3\n", {"format": "csv", "time": "t", "demand": "d", "demand_factor": 0.1})
    again = Recording.from_bytes(recording.to_bytes())
    assert again.digest == recording.digest and len(again.key) == 16
    assert (again.refused, again.refused_total, again.warnings, again.offset_ns) == (
        recording.refused, recording.refused_total, recording.warnings, recording.offset_ns)
    assert np.array_equal(again.demand_ns, recording.demand_ns)


def test_the_digest_is_of_the_requests_alone():
    plain = read("t,d\n0,1\n1,2\n", {"format": "csv", "time": "t"})
    named = read("t,d\n7,1\n8,2\n", {"format": "csv", "time": "t"})
    other = read("t,d\n0,1\n1.000000001,2\n", {"format": "csv", "time": "t"})
    with_demand = read("t,d\n0,1\n1,2\n", {"format": "csv", "time": "t", "demand": "d"})
    assert plain.digest == named.digest
    assert len({plain.digest, other.digest, with_demand.digest}) == 3


def test_a_shared_recording_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        read("t\n0\n1\n").arrival_ns[0] = 5


def test_plain_and_gz_are_the_same():
    text = b"t,d\n" + b"".join(b"%d,5\n" % n for n in range(5000))
    halves = gzip.compress(text[:9000]) + gzip.compress(text[9000:]) + b"\0" * 100
    assert read(text).digest == read(gzip.compress(text)).digest == read(halves).digest


@pytest.mark.parametrize("size", [1, 2, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_chunks_do_not_matter(size):
    line = b"12345678\n"
    text = line * (size // len(line) + 1)
    assert read(text).rows == read(gzip.compress(text)).rows == size // len(line) + 1


def _bomb() -> bytes:
    squeezer = zlib.compressobj(9, wbits=31)
    return b"".join(squeezer.compress((b"0" * 63 + b"\n") * (1 << 14)) for _ in range(40)) + squeezer.flush()


@pytest.mark.parametrize(("data", "words"), [
    (b"", "empty"), (b"\n\n\n", "empty"), (random.Random(1).randbytes(100_000), "not text"),
    (b"\xff\xfet\0i\0m\0e\0", "UTF-16"), (b"PK\3\4 zip", "zip"), (b"\x1f\x8b" + b"x" * 50, "damaged"),
    (gzip.compress(random.Random(2).randbytes(50_000)), "not text"), (gzip.compress(b"".join(b"%d\n" % (n * n) for n in range(900)))[:-20], "cut off"),
    (gzip.compress(b"0\n" * 300_000), "400,000 bytes"), (b"1\n" + b"x\n" * 1001, "more than 1,000 rows|No column"),
    (b"1\n2\n" * 150 + b"x\n" * 1001, "more than 1,000 rows"), (b"x" * 20_000, "line longer than 10,000"),
    (b"t\n" + b"1\n" * 1001, "more than 1,000 rows"), (b"1\n" * 150_000, "at most 200,000 bytes"),
    (b"once upon a time\nthere was no number\n", "No column"), (b'[{"t": 1},\n{"t": 2}]\n', "one JSON list"), (b"a,time\nb,x\n", "No column"),
    (b"time,x\n", "No column|no requests"), (gzip.compress(b""), "empty"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_no_recording_is_refused_in_one_sentence(data, words):
    with pytest.raises(Mistake, match=words) as failure:
        read(data, limits=SMALL)
    assert "\n" not in failure.value.sentence
    assert failure.value.status in (400, 413)


def test_a_gzip_bomb_stops_early():
    with pytest.raises(Mistake, match="grows more than 200-fold") as failure:
        read(_bomb())
    assert failure.value.status == 413


@pytest.mark.parametrize(("mapping", "field"), [
    ({"format": "csv"}, "mapping.time"), ({"format": "xml", "time": "t"}, "mapping.format"),
    ({"format": "csv", "time": "nope"}, "mapping.time"), ({"format": "csv", "time": "t", "demand": "nope"}, "mapping.demand"),
    ({"format": "csv", "time": "t", "demand_factor": 0}, "mapping.demand_factor"),
    ({"format": "csv", "time": "t", "demand_factor": float("inf")}, "mapping.demand_factor"),
    ({"format": "csv", "time": "t", "time_unit": "h"}, "mapping.time_unit"), ({"format": "csv", "time": "word"}, "mapping.time"),
    ({"format": "csv", "time": "t", "delimiter": "x"}, "mapping.delimiter"), ({"format": "csv", "time": "t", "x": 1}, "mapping.x"),
    ({"format": "csv", "time": "t", "header": "yes"}, "mapping.header"),
])
def test_a_wrong_mapping_is_named(mapping, field):
    with pytest.raises(Mistake) as failure:
        read("t,d,word\n0,1,a\n1,2,b\n", mapping)
    assert failure.value.field == field
    assert field in failure.value.sentence or "mapping" in failure.value.sentence


def test_nested_json_lines_do_no_harm():
    recording = read('{"t": 1}\n' + "[" * 5000 + "\n" + '{"t":' * 900 + "\n" + '{"t": true}\n{"t": null}\n{"t": [1]}\n{"t": 2}\n',
                     {"format": "jsonl", "time": "t", "time_unit": "s"})
    assert (recording.rows, recording.refused_total) == (2, 5)


def test_a_recording_becomes_a_scenario_that_parses():
    recording = read("t,d\n" + "".join(f"{n / 10},1\n" for n in range(1000)), {"format": "csv", "time": "t", "demand": "d", "demand_factor": 1})
    document = parse(recordings.scenario(recording))
    assert document.duration_s == 100 and document.recordings() == [recording.key]
    assert document.config["servers"][0]["count"] == 15  # 10 requests a second of 1 s each keep 10 busy: 70 %
    assert len(document.lanes("en")) == 4
    assert parse(recordings.scenario(recording, servers=34)).config["servers"][0]["count"] == 34


def test_a_recording_without_demands_gets_a_law():
    document = parse(recordings.scenario(read("0\n1\n2\n3\n")))
    assert document.config["service"]["law"] == "exponential"


@pytest.mark.parametrize(("filename", "name"), [("a\0b\ud800c\n.csv", "abc.csv"), ("", "recording"), ("{rows}.csv", "{rows}.csv")])
def test_a_file_s_name_can_be_shown_whatever_it_is(filename, name):
    recording = recordings.read(io.BytesIO(b"0\n1\n"), filename)
    assert recording.name == name
    assert name in parse(recordings.scenario(recording)).told("en")["title"]


@given(st.lists(st.sampled_from([b"1", b"2.5", b"-3", b"1e9", b"2023-11-16 18:15:46", b"17/May/2015:10:05:03 +0000", b",", b";", b" ", b'"',
                                 b"\n", b"\r\n", b"{", b"}", b'{"t": 1}', b"t", b"nan", b"[", b"]", b"-", b"\xff", b"\0"]), max_size=40),
       st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_a_recording_or_a_mistake(pieces, squeezed):
    data = gzip.compress(b"".join(pieces)) if squeezed else b"".join(pieces)
    try:
        recording = read(data, limits=SMALL)
    except Mistake as wrong:
        assert wrong.sentence.endswith(".") and "\n" not in wrong.sentence
    else:
        assert recording.arrival_ns[0] == 0 and (np.diff(recording.arrival_ns) >= 0).all()
        parse(recordings.scenario(recording))
        preview(data)
