"""What a person sees before importing a file: columns, first rows, rate over time, burstiness, doubts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.engine.clock import S
from simulator.scenarios.mistake import Phrase
from simulator.scenarios.recordings.mapping import Mapping
from simulator.scenarios.recordings.proposal import numbers
from simulator.scenarios.recordings.recording import Recording
from simulator.scenarios.recordings.times import usual_unit

BINS_AT_MOST = 200
_EXAMPLES = 3
_ROWS = 10


@dataclass(frozen=True)
class Preview:
    """A file read once through with one Mapping. columns: {"name","examples","time","number"} each."""

    mapping: Mapping
    columns: list[dict]
    first_rows: list[list[str]]
    recording: Recording

    def document(self, translate: Callable[[str], str] = str) -> dict:
        """Everything as JSON, sentences in the language of `translate`."""
        recording = self.recording
        return {
            "name": recording.name, "mapping": self.mapping.model_dump(mode="json"), "columns": self.columns,
            "first_rows": self.first_rows, "rows": recording.rows, "refused_total": recording.refused_total,
            "refused": [{"line": line, "reason": _said(reason, translate)} for line, reason in recording.refused],
            "warnings": [_said(warning, translate) for warning in recording.warnings],
            **figures(recording),
        }


def figures(recording: Recording) -> dict:
    """A Recording in numbers, as JSON: span, rate over time, burstiness, demand.

    "rate" holds counts per bin of bin_ns; "cv2" is the squared coefficient of variation of the gaps
    between arrivals (1 for Poisson, more for bursts), null below three arrivals; "demand" is null where
    the recording has none.
    """
    gaps = np.diff(recording.arrival_ns)
    demand = recording.demand_ns
    return {
        "key": recording.key, "span_ns": recording.span_ns, "offset_ns": recording.offset_ns,
        "mean_rate_per_s": len(gaps) / (recording.span_ns / S) if recording.span_ns else None,
        "cv2": cv2(gaps), "rate": rate(recording.arrival_ns),
        "demand": None if demand is None else {
            "mean_ms": float(demand.mean()) / 1e6, "max_ms": float(demand.max()) / 1e6, "cv2": cv2(demand)},
    }


def rate(arrival_ns: np.ndarray) -> dict:
    """{"bin_ns", "counts"}: arrivals in each of at most 200 bins of a round length."""
    span = int(arrival_ns[-1])
    length = next(length for length in _round_lengths() if span // length < BINS_AT_MOST)
    counts = np.bincount(arrival_ns // length)
    return {"bin_ns": length, "counts": counts.tolist()}


def cv2(values: np.ndarray) -> float | None:
    """Variance over mean squared; None for fewer than two values or a mean of zero."""
    mean = float(values.mean()) if len(values) > 1 else 0.0
    return float(values.var(ddof=1)) / mean**2 if mean else None


def columns_of(names: list[str], rows: list[list[str]]) -> list[dict]:
    """The columns with a few different example values, and what they could be."""
    found = []
    for at, name in enumerate(names):
        texts = [row[at] for row in rows if at < len(row)]
        examples = [text[:80] for text in dict.fromkeys(texts) if text][:_EXAMPLES]
        found.append({"name": name, "examples": examples, "time": usual_unit(texts), "number": numbers(texts)})
    return found


def first_rows(rows: list[list[str]]) -> list[list[str]]:
    """The first rows, long values cut."""
    return [[text[:80] for text in row] for row in rows[:_ROWS]]


def _round_lengths():
    """1, 2, 5 ms, 10, 20, 50 ms, ... up to a minute, then minutes, hours and days."""
    for power in (S // 1000, S // 100, S // 10, S, 10 * S):
        yield from (power, 2 * power, 5 * power)
    minute = 60 * S
    yield from (minute * n for n in (1, 2, 5, 10, 30, 60, 120, 360, 720, 1440))
    days = 2
    while True:
        yield minute * 1440 * days
        days *= 2


def _said(sentence: str, translate: Callable[[str], str]) -> str:
    return sentence.say(translate) if isinstance(sentence, Phrase) else sentence
