"""An EXPERIMENT as a page writes it before its script comes: rows and sentences. All texts in the language in force.

FACTS: {"lead" ("4 × 8 cells, 10 seeds each"), "axes": [{"title", "values": "a, b, c"}], "share" (0..1 done), "going": bool,
 "sentence", "rows": [{"title", "stable", "done", "mean", "p99", "failed", "answers"}], "sizes": [{"title", "said"}]}
"""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

UNFINISHED = ("queued", "running")
SHORT = 6
ROWS_AT_MOST = 1000


def facts_of(experiment: dict) -> dict:
    """The FACTS of an EXPERIMENT."""
    axes = experiment["axes"]
    answer = experiment["answer"] or {}
    product = " × ".join(_number(len(axis["values"])) for axis in axes) or "1"
    seeds = _number(experiment["seeds"])
    lead = (_("Sizing: at most {seeds} seeds for each number of servers that is tried").format(seeds=seeds) if experiment["sizing"]
            else _("{product} cells, {seeds} seeds each").format(product=product, seeds=seeds))
    return {
        "lead": lead, "axes": [{"title": axis["title"], "values": _values(axis)} for axis in axes],
        "share": experiment["done"] / max(1, experiment["total"]), "going": experiment["state"] in UNFINISHED,
        "sentence": answer.get("sentence", ""), "rows": [_row(cell, axes) for cell in experiment["cells"][:ROWS_AT_MOST]],
        "sizes": [{"title": _title(size["at"], axes), "said": size["said"]} for size in answer.get("sizes", [])],
    }


def _values(axis: dict) -> str:
    labels = [value["label"] for value in axis["values"]]
    shown = labels if len(labels) <= SHORT else [*labels[:3], "…", labels[-1]]
    return f"{_(', ').join(shown)} {axis['unit']}".strip()


def _title(at: list[int], axes: list[dict]) -> str:
    return " · ".join(_label(axis, axis["values"][index]) for axis, index in zip(axes, at, strict=False))


def _label(axis: dict, value: dict) -> str:
    unit = axis["unit"] if isinstance(value["value"], (int, float)) and not isinstance(value["value"], bool) else ""
    return f"{value['label']} {unit}".strip()


def _row(cell: dict, axes: list[dict]) -> dict:
    latency = cell["latency_ms"] or {}
    title = _title(cell["at"], axes)
    if cell["servers"] is not None:
        title = " · ".join(part for part in (title, _("{count} servers").format(count=cell["servers"])) if part)
    return {
        "title": title, "stable": cell["stable"], "done": cell["done"], "seeds": cell["seeds"],
        "mean": _estimate(latency.get("mean"), "ms"), "p99": _estimate(latency.get("p99"), "ms"),
        "goodput": _estimate(cell["goodput_per_s"], "1/s"), "failed": _estimate(cell["failure_share"], "%", 100),
    }


def _estimate(est: dict | None, unit: str, times: float = 1) -> str:
    if not est or est["mean"] is None:
        return "–"
    half = "" if est["half"] is None else f" ± {_three(est['half'] * times)}"
    return f"{_three(est['mean'] * times)}{half} {unit}"


def _three(value: float) -> str:
    size = abs(value)
    digits = 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3
    return number_format(value, decimal_pos=digits, use_l10n=True, force_grouping=True)


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
