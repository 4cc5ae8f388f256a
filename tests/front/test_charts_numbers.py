"""The numbers behind the charts: buckets, pooled percentiles, distributions, verdicts."""

import pytest

SEGMENT = """
(number, latencies_ms, {slots = [1, 1], busy = [1, 0], state = "up"} = {}) => {
  const from_ns = number * 1e9;
  const ones = (n, value) => new Uint32Array(n).fill(value);
  const nan = () => new Float32Array(20).fill(NaN);
  return {
    number, from_ns, until_ns: from_ns + 1e9, meta: {requests: {seen: latencies_ms.length, kept: latencies_ms.length, stride: 1}},
    keyframe: {servers: slots.map((n, i) => ({id: `server-${i}`, slots: n, state: i === 1 ? state : "up"}))},
    tables: {
      samples: {t_ns: Float64Array.from({length: 20}, (_, i) => from_ns + (i + 1) * 5e7), sent: ones(20, 2), ok: ones(20, 1), failed: ones(20, 0),
                queued: ones(20, 3), p50_ms: nan(), p90_ms: nan(), p99_ms: nan()},
      servers: {queue: Uint32Array.from({length: 40}, (_, i) => i % 2), busy: Uint32Array.from({length: 40}, (_, i) => busy[i % 2])},
      requests: {sent_ns: Float64Array.from(latencies_ms, () => from_ns), done: Float32Array.from(latencies_ms, (ms) => ms * 1e6),
                 outcome: Uint8Array.from(latencies_ms, () => 1)},
    },
  };
}
"""


@pytest.fixture
def ask(page, site):
    """Runs a JavaScript expression with the modules at hand; `segment` makes a Segment of 1 s."""
    page.goto(f"{site}/tests/front/charts/blank.html")

    def run(expression):
        return page.evaluate(f"""async () => {{
            const {{ Series, quantile, valueAt }} = await import("/static/distviz/trace/series.js");
            const {{ distribution, shareBeyond, logTicks }} = await import("/static/distviz/panels/distribution.js");
            const {{ differences, tableCsv }} = await import("/static/distviz/panels/verdict.js");
            const {{ kernelOf }} = await import("/static/distviz/panels/kernels.js");
            const {{ verdict, measures }} = kernelOf({{ kernel: "traffic" }});
            const segment = {SEGMENT};
            const plan = {{ duration_ns: 10e9, window_ns: 1e9, sample_ns: 5e7 }};
            return ({expression});
        }}""")

    return run


def test_percentiles_are_pooled_over_a_bucket_not_averaged(ask):
    got = ask("""(() => {
        const series = new Series(plan);
        series.add(segment(1, [900, 10, 20, 30]));
        series.add(segment(0, [1, 2, 3, 4, 5, 6]));
        const { t, p50, p90, p99, sent, ok } = series.buckets(40);
        return { t: t[0], p50: p50[0], p90: p90[0], p99: p99[0], sent: sent[0], ok: ok[0], later: p50[1], buckets: t.length };
    })()""")
    assert got == {"t": 2, "p50": 5, "p90": 30, "p99": 900, "sent": 40, "ok": 20, "later": None, "buckets": 5}


def test_a_segment_counts_once_and_a_gap_stays_a_gap(ask):
    got = ask("""(() => {
        const series = new Series(plan);
        series.add(segment(3, [1])); series.add(segment(3, [1]));
        return { version: series.version, sent: series.buckets(20).sent, queued: series.queues().queued.filter((one) => one !== null).length };
    })()""")
    assert got == {"version": 1, "sent": [None] * 3 + [40] + [None] * 6, "queued": 20}


def test_growing_gives_what_folding_at_once_gives(ask):
    got = ask("""(() => {
        const parts = [4, 0, 9, 1].map((number) => segment(number, Array.from({ length: 50 }, (_, i) => (i * 37 + number * 11) % 900 + 0.5)));
        const [grown, whole] = [new Series(plan), new Series(plan)];
        for (const part of parts) { grown.add(part); grown.buckets(8); }
        for (const part of parts) whole.add(part);
        return [8, 40, 1, 8].map((width) => JSON.stringify(grown.buckets(width)) === JSON.stringify(whole.buckets(width)));
    })()""")
    assert got == [True] * 4


def test_requests_still_on_their_way_or_answered_in_another_window_are_not_pooled(ask):
    got = ask("""(() => {
        const series = new Series(plan);
        series.add(segment(0, [NaN, 1500, 12]));
        return series.buckets(20).p99[0];
    })()""")
    assert got == 12


def test_utilisation_counts_slots_and_leaves_out_removed_servers(ask):
    got = ask("""(() => {
        const series = new Series(plan);
        series.add(segment(0, [1], {slots: [1, 4], busy: [1, 1]}));
        series.add(segment(1, [1], {slots: [1, 4], busy: [1, 0], state: "removed"}));
        const { mean, least, most } = series.utilisation();
        return [mean[0], least[0], most[0], mean[1], least[1], mean[2]];
    })()""")
    assert got == [0.4, 0.25, 1, 1, 1, None]


def test_few_answers_make_wide_buckets(ask):
    got = ask("""(() => {
        const sparse = new Series(plan);
        sparse.add(segment(0, [1]));
        const busy = new Series(plan);
        const many = segment(0, [1]);
        many.tables.samples.ok.fill(500);
        busy.add(many);
        return [sparse.calmWidth(), busy.calmWidth(), new Series(plan).calmWidth()];
    })()""")
    assert got == [5, 1, 1]


def test_the_value_at_a_time_is_that_of_the_interval_which_ends_after_it(ask):
    assert ask("[0, 1, 1.01, 2, 99].map((at) => valueAt([1, 2, 3], [10, 20, 30], at))") == [10, 10, 20, 20, 30]


def test_a_distribution_keeps_the_whole(ask):
    got = ask("""(() => {
        const edges_ms = Array.from({length: 201}, (_, i) => 1.05 ** i);
        const dist = distribution({ edges_ms, counts: edges_ms.slice(1).map((_, i) => (i >= 20 && i < 190 ? i : 0)) });
        return { bins: dist.bins.length, sum: dist.bins.reduce((sum, bin) => sum + bin.share, 0), first: dist.beyond[0].share,
                 last: dist.beyond.at(-1).share, none: distribution({ edges_ms: [1, 2], counts: [0] }), nothing: distribution(null),
                 half: shareBeyond({ beyond: [{ at: 1, share: 1 }, { at: 100, share: 0 }] }, 10) };
    })()""")
    assert got.pop("sum") == pytest.approx(1)
    assert got.pop("half") == pytest.approx(0.5)
    assert got == {"bins": 57, "first": 1, "last": 0, "none": None, "nothing": None}


LANE = """(title, p99, more = {}) => ({ title, summary: { sent: 100, failed: 0, stable: p99 !== null, throughput_per_s: 1, utilisation: 0.5, fairness: 1,
    latency_ms: { mean: p99, p50: p99, p90: p99, p99, p99_9: p99, max: p99 }, digest: "d", ...more } })"""


@pytest.mark.parametrize(
    ("lanes", "sentence"),
    [
        ("[lane('A', 10), lane('B', 40)]", "On the same 100 requests A answered 99 % within 10 ms, 75 % sooner than B. No request failed."),
        ("[lane('B', 40), lane('A', 10)]", "On the same 100 requests A answered 99 % within 10 ms, 75 % sooner than B. No request failed."),
        ("[lane('A', 10), lane('B', 10.05)]", "On the same 100 requests A and B answered 99 % within practically the same 10 ms. No request failed."),
        ("[lane('A', 10), lane('B', null)]", "On the same 100 requests A answered 99 % within 10 ms; B could not keep up. No request failed."),
        ("[lane('A', null), lane('B', null)]", "On the same 100 requests none could keep up with the load. No request failed."),
        ("[lane('A', 10, {failed: 50}), lane('B', 40)]", "On the same 100 requests A answered 99 % within 10 ms, 75 % sooner than B. Requests that failed: A 50, B 0."),
        ("[lane('A', 10, {sent: 90}), lane('B', 40)]", "On 90 to 100 requests A answered 99 % within 10 ms, 75 % sooner than B. No request failed."),
        ("[lane('A', 10), {title: 'B', summary: null}]", ""),
    ],
)
def test_the_sentence_says_what_the_numbers_say(ask, lanes, sentence):
    assert ask(f"(() => {{ const lane = {LANE}; return verdict({lanes}); }})()") == sentence


def test_the_best_is_marked_only_where_there_is_one(ask):
    got = ask(f"""(() => {{
        const lane = {LANE};
        const rows = differences(measures(), [lane('A', 10), lane('B', 40), lane('C', null, {{failed: 3}})].map((one) => one.summary));
        return Object.fromEntries(rows.map(({{ measure, cells }}) => [measure.key, cells.map((cell) => [cell.text, cell.difference, cell.best])]));
    }})()""")
    assert got["p99_ms"] == [["10 ms", None, True], ["40 ms", "+300 %", False], ["unstable", "", False]]
    assert got["failed"] == [["0", None, True], ["0", "=", True], ["3", "+3", False]]
    assert got["utilisation"] == [["50 %", None, False], ["50 %", "=", False], ["50 %", "=", False]]


def test_a_title_cannot_become_a_formula_in_the_exported_table(ask):
    got = ask(f"(() => {{ const lane = {LANE}; return tableCsv(measures(), [lane('=1+1', 10), lane('a,\"b', 20)]); }})()")
    assert got.splitlines()[0] == "measure,'=1+1,\"a,\"\"b\""
