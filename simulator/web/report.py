"""An Experiment as one HTML file that can be sent: what was asked, what came out, what was taken for granted.

Self-contained: styles and plots are in it, nothing is loaded, nothing runs.
"""

import json

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext as _

from simulator.runs import service
from simulator.runs.models import Experiment
from simulator.web import shown
from simulator.web.report_svg import COLOURS, plot

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.2rem;margin-top:2rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}
th:first-child,td:first-child,td.text,th.text{text-align:left}.wide{overflow-x:auto}
td small{color:#666}.unstable{color:#a31515;font-weight:600}.sum{font-size:1.1rem}
figure{margin:1rem 0}svg{max-width:100%;height:auto}figcaption span{margin-right:1rem;white-space:nowrap}
svg text{font:11px system-ui,sans-serif;fill:#444}.grid{stroke:#e4e4e4}.end{text-anchor:end}.middle{text-anchor:middle}
.mark{width:14px;height:14px;vertical-align:-2px;margin-right:4px}pre{background:#f6f6f6;padding:1rem;overflow-x:auto;font-size:12px}
"""
TAILS_AT_MOST = len(COLOURS)
PAIRS_AT_MOST = 100


def html(row: Experiment, who) -> str:
    """The report, in the language in force."""
    facts = service.experiment_json(row, who)
    system = shown.system(facts["system"])
    parts = [_head(facts), _setting(facts), _sizes(facts), _plots(facts), _tails(row, facts), _cells(facts), _pairs(facts), _loads(facts),
             _list(_("What is taken for granted"), facts["assumptions"]), _list(_("What is modelled"), system["modelled"]),
             _list(_("What is left out"), system["left_out"]), _again(row)]
    body = format_html_join("\n", "{}", ((part,) for part in parts))
    return format_html('<!doctype html>\n<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
                       "<title>{}</title><style>{}</style></head><body>\n{}\n</body></html>\n",
                       get_language(), facts["title"], mark_safe(STYLE), body)


def _head(facts: dict) -> SafeString:
    answer = facts["answer"]
    said = answer["sentence"] if answer else _("It is not finished: {done} of {total} replications are done.").format(**facts)
    return format_html('<h1>{}</h1><p class="sum">{}</p>', facts["title"], said)


def _setting(facts: dict) -> SafeString:
    rows = [
        (_("Replications"), f"{facts['done']:,}"), (_("Requests"), f"{facts['requests']:,}"), (_("Seeds"), _seeds(facts)),
        (_("Length of each replication"), f"{facts['duration_ns'] / 1e9:,g} s"),
        *((axis["title"], ", ".join(f"{value['label']} {axis['unit']}".strip() for value in axis["values"])) for axis in facts["axes"]),
    ]
    return format_html("<h2>{}</h2><table>{}</table>", _("What was asked"),
                       format_html_join("", '<tr><td>{}</td><td class="text">{}</td></tr>', rows))


def _seeds(facts: dict) -> str:
    return _("{count} a cell, from {first} on").format(count=facts["seeds"], first=facts["first_seed"])


def _sizes(facts: dict) -> SafeString:
    if not facts["sizing"] or not facts["answer"]:
        return mark_safe("")
    rows = ((_place(facts, size["at"]) or facts["title"], size["servers"] if size["servers"] is not None else "–", size["said"])
            for size in facts["answer"]["sizes"])
    return format_html("<h2>{}</h2><table><tr><th></th><th>{}</th><th></th></tr>{}</table>", _("Servers that are enough"), _("Servers"),
                       format_html_join("", '<tr><td>{}</td><td>{}</td><td class="text">{}</td></tr>', rows))


def _place(facts: dict, at: list) -> str:
    return ", ".join(axis["values"][index]["label"] for axis, index in zip(facts["axes"], at, strict=True) if index is not None)


def _plots(facts: dict) -> SafeString:
    """Along the load, or the first axis of numbers: latency and goodput of every line of cells."""
    axes = facts["axes"]
    along = next((number for number, axis in enumerate(axes) if axis["load"]), None)
    if along is None:
        along = next((number for number, axis in enumerate(axes) if len(axis["values"]) > 1 and all(
            type(value["value"]) in (int, float) for value in axis["values"])), None)
    if along is None or facts["sizing"]:
        return mark_safe("")
    title = f"{axes[along]['title']} ({axes[along]['unit']})" if axes[along]["unit"] else axes[along]["title"]
    drawn = [(name, plot(_lines(facts, along, pick), title, name)) for name, pick in (
        (_("Mean latency (ms)"), lambda cell: cell["latency_ms"] and cell["latency_ms"]["mean"]),
        (_("99th percentile (ms)"), lambda cell: cell["latency_ms"] and cell["latency_ms"]["p99"]),
        (_("Goodput (1/s)"), lambda cell: cell["goodput_per_s"]))]
    return format_html_join("\n", "<h2>{}</h2>{}", [one for one in drawn if one[1]])


def _lines(facts: dict, along: int, pick) -> list[dict]:
    lines: dict = {}
    for cell in facts["cells"]:
        estimate = pick(cell)
        name = _place(facts, [index if number != along else None for number, index in enumerate(cell["at"])]) or facts["title"]
        line = lines.setdefault(name, [])
        if estimate:
            line.append((facts["axes"][along]["values"][cell["at"][along]]["value"], estimate["mean"], estimate["half"]))
    return [{"name": name, "points": points} for name, points in lines.items() if points]


def _tails(row: Experiment, facts: dict) -> SafeString:
    """The complementary distributions of the first cells that have one, or of those at the last load that all are stable at."""
    wanted = [cell["number"] for cell in facts["cells"] if cell["latency_ms"]]
    if facts["answer"] and facts["answer"].get("points"):
        best = max(facts["answer"]["points"], key=lambda point: (sum(number in wanted for number in point["cells"]), point["at"].count(None)))
        wanted = [number for number in best["cells"] if number in wanted]
    series = []
    for cell in row.cells.filter(number__in=wanted[:TAILS_AT_MOST]).select_related("experiment__scenario"):
        tail = service.cell_json(cell)["tail"]
        points = [(ms, share, None) for ms, share in zip(tail["ms"], tail["share"], strict=True) if ms > 0]
        series.append({"name": _place(facts, cell.at) or str(cell.servers), "points": points, "marked": False})
    drawn = plot([one for one in series if one["points"]], _("Latency (ms)"), _("Share of the requests that were slower"), True, True)
    return format_html("<h2>{}</h2>{}", _("Tail of the latencies"), drawn) if drawn else mark_safe("")


def _cells(facts: dict) -> SafeString:
    titles = [*(axis["title"] for axis in facts["axes"]), *([_("Servers")] if facts["sizing"] else []), _("Seeds"), _("Mean (ms)"), "p50", "p90", "p99",
              "p99.9", _("Throughput (1/s)"), _("Goodput (1/s)"), _("Failed"), _("Utilisation"), _("Server-hours")]
    head = format_html_join("", "<th>{}</th>", ((title,) for title in titles))
    body = format_html_join("\n", "<tr>{}</tr>", ((_row(facts, cell),) for cell in facts["cells"]))
    return format_html('<h2>{}</h2><div class="wide"><table><tr>{}</tr>{}</table></div>', _("All cells"), head, body)


def _row(facts: dict, cell: dict) -> SafeString:
    labels = [axis["values"][index]["label"] for axis, index in zip(facts["axes"], cell["at"], strict=True)]
    labels += [str(cell["servers"])] if facts["sizing"] else []
    latency = cell["latency_ms"]
    if latency:
        shown_latency = format_html_join("", "<td>{}</td>", ((_said(latency[name]),) for name in ("mean", "p50", "p90", "p99", "p99_9")))
    else:
        word = _("unstable") if cell["stable"] is False else "–"
        shown_latency = format_html('<td colspan="5" class="unstable text">{}</td>', word)
    rest = (cell["throughput_per_s"], cell["goodput_per_s"], cell["failure_share"], cell["utilisation"], cell["server_hours"])
    return format_html("{}<td>{}</td>{}{}", format_html_join("", '<td class="text">{}</td>', ((label,) for label in labels)), cell["done"],
                       shown_latency, format_html_join("", "<td>{}</td>", ((_said(one),) for one in rest)))


def _said(estimate: dict | None) -> SafeString | str:
    if estimate is None:
        return "–"
    if estimate["half"] is None:
        return f"{estimate['mean']:,.4g}"
    return format_html("{} <small>± {}</small>", f"{estimate['mean']:,.4g}", f"{estimate['half']:,.2g}")


def _pairs(facts: dict) -> SafeString:
    answer = facts["answer"]
    if not answer or not answer.get("points"):
        return mark_safe("")
    labels = [value["label"] for value in facts["axes"][answer["compared"]]["values"]]
    rows = [(_place(facts, point["at"]), labels[pair["a"]], labels[pair["b"]], *(_differs(pair[name]) for name in ("mean_ms", "p99_ms")))
            for point in answer["points"] for pair in point["pairs"]][:PAIRS_AT_MOST]
    head = format_html_join("", "<th>{}</th>", ((title,) for title in (
        _("At"), _("First"), _("Second"), _("Mean: second minus first (ms)"), _("p99: second minus first (ms)"))))
    body = format_html_join("\n", '<tr><td>{}</td><td class="text">{}</td><td class="text">{}</td><td>{}</td><td>{}</td></tr>', rows)
    return format_html('<h2>{}</h2><p>{}</p><div class="wide"><table><tr>{}</tr>{}</table></div>', _("Differences on the same seeds"),
                       _("A star marks what is significant."), head, body)


def _differs(diff: dict | None) -> SafeString | str:
    if diff is None:
        return "–"
    return format_html("{} <small>± {}</small>{}", f"{diff['difference']:+,.4g}", f"{diff['half']:,.2g}", " *" if diff["significant"] else "")


def _loads(facts: dict) -> SafeString:
    answer = facts["answer"]
    if not answer or not answer.get("loads"):
        return mark_safe("")
    rows = [(_place(facts, one["at"]) or facts["title"], _bound(one["largest_stable"], one["open"]), _bound(one["knee"], one["knee_open"]))
            for one in answer["loads"]]
    return format_html('<h2>{}</h2><table><tr><th></th><th>{}</th><th>{}</th></tr>{}</table>', _("Load"), _("Largest stable load"), _("Knee"),
                       format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows))


def _bound(value: float | None, is_open: bool) -> str:
    return "–" if value is None else f"≥ {value:,.6g}" if is_open else f"{value:,.6g}"


def _list(title: str, sentences) -> SafeString:
    return format_html("<h2>{}</h2><ul>{}</ul>", title, format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences)))


def _again(row: Experiment) -> SafeString:
    """What makes the same numbers again."""
    plan = {name: value for name, value in row.plan.items() if value is not None}
    body = json.dumps({"document": row.document, **plan}, ensure_ascii=False, indent=1)
    return format_html("<h2>{}</h2><p>{}</p><pre>{}</pre>", _("The same again"),
                       _("Posted to /api/experiments/, this makes the same numbers, digit by digit."), body)
