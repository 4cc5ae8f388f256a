"""Pages of the product without its server: a root with [data-page], its data, the real script, and answers made up by the test."""

import json

from simulator.scenarios.document import parse
from simulator.systems.load_balancer.actions import ACTIONS
from simulator.systems.load_balancer.config import Config

PLACES = "".join(f'<div id="{name}"></div>' for name in ("form", "import", "recording-list", "recording", "experiment"))
WHO = {"open_mode": True, "may_create": True, "signed_in": False, "name": "", "staff": False}
RECORDING = {"key": "0123456789abcdef", "name": "conversations", "rows": 19366, "span_ns": 3_501_721_937_000, "demand": True,
             "mean_demand_ms": 4223.2, "warnings": [], "refused_total": 0, "visibility": "private", "mine": True,
             "created": "2026-01-01T10:00:00+00:00", "url": "/recordings/0123456789abcdef/"}


def system() -> dict:
    """SYSTEM as the server gives it, with the real schema and Actions."""
    actions = [{
        "kind": spec.kind, "title": spec.title, "role": spec.role, "states": list(spec.states), "otherwise": spec.otherwise,
        "shortcut": spec.shortcut, "done": spec.done,
        "params": [{name: getattr(param, name) for name in ("name", "title", "default", "minimum", "maximum", "unit", "integer")}
                   for param in spec.params],
    } for spec in ACTIONS]
    return {"key": "load_balancer", "title": "Load balancer", "schema": Config.model_json_schema(), "actions": actions}


def document(**changed) -> dict:
    """A whole Scenario document, every default spelled out."""
    raw = {"format": "distviz-scenario/1", "system": "load_balancer", "title": "One slow server", "duration_s": 60, "warm_up_s": 5}
    return parse(raw | changed).document()


def data(**more) -> dict:
    """What the server puts beside the set-up form and the new comparison."""
    scenario = {"key": "one-slow", "title": "One slow server", "text": "", "compare_url": "/compare/new/?scenario=one-slow",
                "document": more.get("document") or document()}
    return {"who": WHO, "socket": "/ws/", "scenario": scenario, "system": system(), "recordings": [RECORDING], "document": document(),
            "urls": {"runs": "/api/runs/", "scenarios": "/api/scenarios/", "comparisons": "/api/comparisons/",
                     "recordings": "/api/recordings/", "preview": "/api/recordings/preview/"}} | more


def html(panel: str, given: dict) -> str:
    """The page."""
    text = json.dumps(given).replace("<", "\\u003c")
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>
        <link rel="icon" href="/static/distviz/favicon.svg">
        <link rel="stylesheet" href="/static/distviz/style/tokens.css"><link rel="stylesheet" href="/static/distviz/style/base.css">
        <link rel="stylesheet" href="/static/distviz/style/pages.css"></head>
        <body><input type="hidden" name="csrfmiddlewaretoken" value="token"><main id="content" data-page="{panel}">{PLACES}</main>
        <script type="application/json" id="page-data">{text}</script>
        <script type="module" src="/static/distviz/main.js"></script></body></html>"""
