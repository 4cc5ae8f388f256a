"""The browser's half of the Trace: decoding, the state at t, requests in flight, the playback clock."""

import base64
import struct
import uuid

import pytest

from tests.front.synthetic import S, Traffic

TRAFFIC = Traffic(servers=4, rate=40, service_s=0.05, delay_s=0.02, seconds=4, crashes=[(1, 1.25, 2.5)], slow=[(2, 0.5, 3, 4.0)])
LOAD = """async (payloads) => {
  const { TraceStore } = await import("/static/distviz/trace/store.js");
  const names = ["decode", "frame", "flight", "clock", "events", "request", "lately"];
  for (const name of names) Object.assign(window, await import(`/static/distviz/trace/${name}.js`));
  window.TraceStore = TraceStore;
  window.bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  window.payloads = payloads.map(bytes);
  window.fresh = (limits) => new TraceStore({ duration_ns: 4e9, window_ns: 1e9, sample_ns: 5e7 }, limits);
  window.store = fresh();
  for (const [number, payload] of window.payloads.entries()) await store.put(number, payload);
}"""


@pytest.fixture
def trace(page, site):
    """A page that holds the Trace in `store`."""
    page.goto(f"{site}/tests/front/charts/blank.html")
    page.evaluate(LOAD, [base64.b64encode(payload).decode() for payload in TRAFFIC.segments()])
    return page


def test_arrivals_are_told_over_a_second(trace):
    rates = trace.evaluate("() => [1.5, 2, 2.72].map((s) => frame(store, s * 1e9).rate_per_s)")
    for at_s, rate in zip((1.5, 2, 2.75), rates, strict=True):  # to the end of the sample that holds the moment
        sent = [row for row in TRAFFIC.rows if at_s - 1 < row[1] <= at_s]
        assert abs(rate - len(sent)) <= 2, (at_s, rate, len(sent))


def test_a_crash_empties_its_server_between_two_samples(trace):
    queue, busy = trace.evaluate("() => { const one = frame(store, 1.251e9); return [one.queue[1], one.busy[1]]; }")
    assert (queue, busy) == (0, 0)


def test_counts_are_brief_where_room_is_scarce(trace):
    told = trace.evaluate("""async () => {
      const { brief, timeTick } = await import("/static/distviz/lib/format.js");
      return [[950, 999.6, 6093, 17366, 999600, 1.25e6].map(brief), [timeTick(15e9, 60e9), timeTick(600e9, 3502e9), timeTick(7200e9, 86400e9)]];
    }""")
    assert told == [["950", "1k", "6.1k", "17k", "1M", "1.3M"], ["15 s", "10:00", "2:00:00"]]


def test_a_socket_frame_is_a_version_a_run_a_number_and_a_payload(trace):
    run = uuid.uuid4()
    text = base64.b64encode(b"\x01" + run.bytes + struct.pack("<I", 7) + b"abc").decode()
    read = trace.evaluate("(text) => { const { run, number, payload } = readFrame(bytes(text).buffer); return [run, number, payload.length] }", text)
    assert read == [str(run), 7, 3]
    with pytest.raises(Exception, match="not a Segment of version 1"):
        trace.evaluate("() => readFrame(new Uint8Array(40).buffer)")


def test_columns_come_out_as_they_went_in(trace):
    sent = trace.evaluate("() => [...store.segment(1).tables.requests.sent_ns]")
    alive = [row for row in TRAFFIC.rows if row[1] <= 2 and row[1] + row[7] > 1]
    assert sent == [round(row[1] * S) for row in alive]


def test_the_state_at_t_follows_the_changes(trace):
    states = trace.evaluate("() => [0.9, 1.25, 1.8, 2.4999, 2.5, 3.2].map((s) => { const one = frame(store, s * 1e9).servers[1]; return [one.state, one.known_down] })")
    assert states == [["up", False], ["down", False], ["down", True], ["down", True], ["up", True], ["up", False]]
    assert trace.evaluate("() => [0.4, 0.6, 3.5].map((s) => frame(store, s * 1e9).servers[2].slow)") == [1, 4, 1]


def test_levels_and_counts_at_a_sample_are_the_samples(trace):
    shown = trace.evaluate("() => { const one = frame(store, 1.5e9); return [one.in_system, [...one.queue], one.totals.sent] }")
    row = TRAFFIC.tables(1, 2, 1.5)
    assert shown[0] == row["in_system"]
    assert shown[1] == row["queue"]
    assert shown[2] == sum(1 for one in TRAFFIC.rows if one[1] <= 1.5)


def test_no_state_without_its_segment_but_the_end_of_one_is_held(trace):
    assert trace.evaluate("() => frame(fresh(), 1e9)") is None
    told = trace.evaluate("""async () => { const one = fresh(); await one.put(0, payloads[0]);
      return [frame(one, 1e9)?.number, frame(one, 1e9 + 1), frame(store, 1e9).number] }""")
    assert told == [0, None, 1]


def test_requests_on_links_are_exactly_those_between_two_places(trace):
    now = 1.73
    found = trace.evaluate("""(t) => { const out = flightBuffer(); flight(store.requests(1), t, 0, out);
      return [...out.k.slice(0, out.count)].map((k, at) => [k, out.way[at]]).sort((a, b) => a[0] - b[0]) }""", now * S)
    expected = []
    for k, sent, balancer, there, start, depart, back, done, *_ in TRAFFIC.rows:
        offset = now - sent
        if 0 <= offset < there:
            expected.append([k, 0])
        elif (depart == depart and depart <= offset < done) or (depart != depart and back - (there - balancer) <= offset < done):
            expected.append([k, 1])
    assert found == expected


def test_every_other_request_is_every_other_request(trace):
    both = trace.evaluate("""() => [1, 2].map((every) => { const out = flightBuffer(); flight(store.requests(2), 2.6e9, 0, out, every); return [...out.k.slice(0, out.count)] })""")
    assert both[1] == [k for k in both[0] if k % 2 == 0]


def test_a_request_is_found_with_its_whole_life(trace):
    row = next(row for row in TRAFFIC.rows if row[9] == 1 and 1 < row[1] < 1.5)
    life = trace.evaluate("([k, t]) => findRequest(store, k, t)", [row[0], row[1] * S])
    assert (life["outcome"], life["server"]) == ("ok", row[8])
    assert life["done"] == pytest.approx(row[7] * S, rel=1e-6)
    assert trace.evaluate("() => findRequest(store, 1e9, 1e9)") is None


def test_faults_are_bands_from_crash_to_restart(trace):
    bands = trace.evaluate("() => faultBands(store).map(({ kind, server, from_ns, until_ns }) => [kind, server, from_ns / 1e9, until_ns / 1e9])")
    assert bands == [["slow", 2, 0.5, 3], ["down", 1, 1.25, 2.5]]


def test_the_log_says_each_thing_once(trace):
    rows = trace.evaluate("() => events(store).map(({ what, at_ns, kind }) => [what, at_ns / 1e9, kind ?? null])")
    assert rows == [["action", 0.5, "slow"], ["action", 1.25, "crash"], ["change", 1.75, None], ["action", 2.5, "restart"],
                    ["action", 3.0, "slow"], ["change", 3.0, None]]


def test_densities_add_up_to_the_counts(trace):
    sums = trace.evaluate("() => { const { sent, failed } = density(store, 37); return [sent, failed].map((bins) => bins.reduce((a, b) => a + b)) }")
    assert sums[0] == pytest.approx(len(TRAFFIC.rows))
    assert sums[1] == pytest.approx(sum(1 for row in TRAFFIC.rows if row[9] > 1 and row[1] + row[7] <= 4))


def test_memory_is_bounded_and_what_was_dropped_comes_back(trace):
    result = trace.evaluate("""async () => {
      const small = fresh({ requests_cap: 1 });
      for (const [number, payload] of payloads.entries()) await small.put(number, payload);
      const dropped = small.segments().filter((segment) => !segment.tables.requests).length;
      const first = small.requests(3);
      const later = await small.requestsLater(3);
      const poor = fresh({ requests_cap: 1, payload_cap: 1 });
      await poor.put(0, payloads[0]);
      const lost = poor.lost(0);
      poor.restore(0, payloads[0]);
      return [dropped, first, later.k.length > 0, lost, poor.lost(0)];
    }""")
    assert result == [4, None, True, True, False]


def test_a_branch_shares_the_past_in_memory(trace):
    assert trace.evaluate("() => { const branch = store.fork(2); return [branch.contiguous, branch.segment(1) === store.segment(1), branch.has(2), store.contiguous] }") == [1, True, False, 3]


def test_gaps_bound_what_can_be_played(trace):
    held = trace.evaluate("""async () => { const one = fresh(); for (const number of [0, 1, 3]) await one.put(number, payloads[number]);
      return [one.contiguous, one.heldUntil(0.5e9), one.heldUntil(2.5e9), one.heldUntil(3e9), one.ranges()] }""")
    assert held == [1, 2e9, 2.5e9, 4e9, [[0, 2e9], [3e9, 4e9]]]


def test_the_clock_plays_waits_and_ends(trace):
    told = trace.evaluate("""() => { const clock = new Clock(10e9, 2); const out = [];
      clock.advance(1000, 10e9); out.push(clock.t_ns); clock.play(); clock.advance(1000, 10e9); out.push(clock.t_ns);
      clock.advance(1000, 3e9); out.push([clock.t_ns, clock.waiting, clock.playing]); clock.advance(9000, 10e9);
      out.push([clock.t_ns, clock.playing]); clock.play(); out.push(clock.t_ns); return out }""")
    assert told == [0, 2e9, [3e9, True, True], [10e9, False], 0]


def test_steps_land_on_samples(trace):
    told = trace.evaluate("""() => { const clock = new Clock(10e9); clock.seek(1.23e9); const out = [];
      clock.step(1, 5e7); out.push(clock.t_ns); clock.step(1, 5e7); out.push(clock.t_ns); clock.step(-1, 5e7); out.push(clock.t_ns);
      clock.seek(0); clock.step(-1, 5e7); out.push(clock.t_ns); return out }""")
    assert told == [1.25e9, 1.3e9, 1.25e9, 0]


@pytest.mark.parametrize(("seconds", "speed"), [(8, 1), (60, 1), (300, 2), (3600, 20), (86400, 100)])
def test_a_run_of_any_length_can_be_watched(trace, seconds, speed):
    assert trace.evaluate("(s) => defaultSpeed(s * 1e9)", seconds) == speed


def test_how_a_server_fared_lately(trace):
    told = trace.evaluate("() => { const { queues, utilisation, span_ns } = lately(store, 0, 1, 2.5e9, 20); return [queues.length, utilisation, span_ns] }")
    assert told[0] == 20
    assert 0 <= told[1] <= 1
    assert told[2] == pytest.approx(0.95e9)


def test_what_left_the_stage_keeps_no_requests_of_its_own(trace):
    told = trace.evaluate("""() => { const branch = store.fork(2); store.slim([branch]);
      return store.segments().map((segment) => segment.tables.requests !== null) }""")
    assert told == [True, True, False, False]
