"""The Scenario that replays a Recording."""

import json
from functools import cache
from math import ceil
from pathlib import Path

from simulator.engine.clock import MAX_NS, S
from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.recordings.recording import Recording

LOAD = 0.7
"""The mean load that the number of servers is chosen for."""

SERVERS_AT_MOST = 1000
_LAW_SERVERS = 10
_DEMAND = {
    True: {"en": "Each request's work is the recorded one.", "zh-hans": "每个请求的工作量取自录制数据。"},
    False: {"en": "The recording holds no demands: they are exponential.", "zh-hans": "录制数据不含工作量，因此采用指数分布。"},
}


def scenario(recording: Recording, servers: int | None = None) -> dict:
    """A Scenario document (for `parse`) that replays `recording` on `servers` servers of one slot.

    servers: None for as many as make the mean load about 70 %. Lasts as long as the recording,
    rounded up to whole seconds. Without recorded demands the mean of an exponential law makes that load.
    """
    if servers is not None and not 1 <= servers <= SERVERS_AT_MOST:
        raise Mistake("servers", Phrase(N_("servers must be a whole number from 1 to {most:,}."), most=SERVERS_AT_MOST))
    duration_s = min(recording.span_ns // S + 1, MAX_NS // S)
    seconds = max(recording.span_ns / S, 1e-3)
    work = recording.demand_ns.sum(dtype=float) / S / seconds if recording.demand_ns is not None else None
    servers = servers or _servers(work)
    document = _filled(recording, servers, LOAD if work is None else work / servers)
    document["duration_s"] = duration_s
    document["config"] |= {
        "arrivals": {"law": "recorded", "recording": recording.key, "speed_up": 1},
        "service": {"law": "recorded"} if work is not None else _law(recording.rows / seconds, servers),
        "servers": [{"count": servers}]}
    return document


def _servers(work: float | None) -> int:
    """How many servers a mean of `work` busy ones needs."""
    return _LAW_SERVERS if work is None else min(max(ceil(work / LOAD), 1), SERVERS_AT_MOST)


def _law(rate_per_s: float, servers: int) -> dict:
    mean_ms = LOAD * servers / rate_per_s * 1000
    return {"law": "exponential", "mean_ms": min(max(float(f"{mean_ms:.3g}"), 0.0001), 86_400_000)}


def _filled(recording: Recording, servers: int, load: float) -> dict:
    """The template with its texts about this recording."""
    document = json.loads(_template())
    known = recording.demand_ns is not None
    values = {"name": recording.name[:100], "rows": f"{recording.rows:,}", "servers": servers, "load": f"{load:.0%}",
              "demand_en": _DEMAND[known]["en"], "demand_zh": _DEMAND[known]["zh-hans"]}
    for part in ("title", "text"):
        document[part] = {language: text.format(**values) for language, text in document[part].items()}
    return document


@cache
def _template() -> str:
    return (Path(__file__).parent / "replay.json").read_text(encoding="utf-8")
