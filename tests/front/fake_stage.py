"""The stage without its server: the page, its data, and a socket that sends made-up Segments and makes Branches."""

import json
import uuid

from tests.front.pages import WHO, system
from tests.front.synthetic import S, Traffic

HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stage</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/static/distviz/favicon.svg">
<link rel="stylesheet" href="/static/distviz/style/tokens.css">
<link rel="stylesheet" href="/static/distviz/style/tokens_dark.css" id="dark-colours" media="(prefers-color-scheme: dark)">
<script src="/static/distviz/panels/theme.js"></script>
<link rel="stylesheet" href="/static/distviz/style/base.css"><link rel="stylesheet" href="/static/vendor/uplot.css">
<link rel="stylesheet" href="/static/distviz/style/charts.css"><link rel="stylesheet" href="/static/distviz/style/stage.css">
<link rel="stylesheet" href="/static/distviz/style/spacetime.css"></head>
<body class="on-stage"><main id="stage" data-page="stage" tabindex="-1"></main>
<script type="application/json" id="page-data">%s</script><script type="module" src="/static/distviz/main.js"></script></body></html>"""


class FakeStage:
    """One Run, or a Comparison of several: `lanes` is a list of (title, Traffic options)."""

    def __init__(self, lanes, **run):
        self.runs, self.options, self.payloads = {}, {}, {}
        self.heard: list[dict] = []
        self.sockets: list = []
        self.deaf = False
        self.late = False  # Branches are made, but the answer is on its way for as long as this holds
        self.answers: list = []
        self.cancelled: list[str] = []
        self.comparison = {"id": str(uuid.uuid4()), "title": "Two strategies", "parent": None} if len(lanes) > 1 else None
        for lane, (title, options) in enumerate(lanes):
            self._add(self._run(options, lane=lane, lane_title=title if len(lanes) > 1 else "", **run), options)
        self.first = list(self.runs.values())

    def _run(self, options, **more):
        traffic = Traffic(**options)
        duration = traffic.seconds * S
        return {
            "id": str(uuid.uuid4()), "state": "done", "title": "One slow server", "system": "load_balancer", "seed": 1,
            "duration_ns": duration, "window_ns": S, "sample_ns": S // 20, "segments": traffic.seconds, "progress_ns": duration,
            "parent": None, "branch_at_ns": None, "journal": [], "actions": traffic.happened(0, traffic.seconds)["actions"],
            "config": {"strategy": {"name": options.get("strategy", "random")}, "balancers": {"count": options.get("balancers", 1)}}, "comparison": None, "lane": 0, "lane_title": "",
            "digest": None, "summary": None, "error": None, "visibility": "private", "mine": True, "can_act": True,
        } | more

    def _add(self, run, options):
        self.runs[run["id"]], self.options[run["id"]] = run, options
        self.payloads[run["id"]] = Traffic(**options).segments()

    def data(self, **more):
        """What the server puts beside the page."""
        return {"runs": self.first, "comparison": self.comparison, "system": system(), "t_ns": None, "socket": "/ws/", "who": WHO,
                "scenario": {"watch_for": ["The queue of server-3 grows."], "text": ""}} | more

    def open(self, page, site, path=None, **more):
        """Show the stage; paused where `t_ns` is given."""
        page.route(f"{site}/runs/**", lambda route: self._answer(route, more))
        page.route(f"{site}/compare/**", lambda route: self._answer(route, more))
        page.route("**/api/**", self._rest)
        page.route_web_socket("**/ws/", self.serve)
        page.goto(site + (path or f"/runs/{self.first[0]['id']}/"))
        return page

    def _answer(self, route, more):
        text = json.dumps(self.data(**more)).replace("<", "\\u003c")
        route.fulfill(body=HTML % text, content_type="text/html")

    def _rest(self, route):
        parts = route.request.url.split("/api/runs/")[1].strip("/").split("/")
        if parts[-1] == "cancel":
            self.cancelled.append(parts[0])
        if len(parts) == 1 or parts[-1] == "cancel":
            return route.fulfill(json=self.runs[parts[0]])
        return route.fulfill(body=self.payloads[parts[0]][int(parts[2])], content_type="application/octet-stream")

    def serve(self, socket):
        """Answer one socket as the product does."""
        if self.deaf:
            return socket.close()
        self.sockets.append(socket)
        socket.on_message(lambda text: self._hear(socket, json.loads(text)))

    def _hear(self, socket, message):
        self.heard.append(message)
        if message["do"] == "watch":
            run = self.runs[message["run"]]
            socket.send(json.dumps({"is": "run", "run": run}))
            for number in range(message["have"] + 1, run["segments"]):
                self.send(socket, run["id"], number)
        elif message["do"] == "act":
            self._act(socket, message)

    def send(self, socket, run, number):
        """Send one Segment."""
        socket.send(b"\x01" + uuid.UUID(run).bytes + number.to_bytes(4, "little") + self.payloads[run][number])

    def _act(self, socket, message):
        action = {"at_ns": message["at_ns"], **message["action"]}
        if action["kind"] != "crash":
            return socket.send(json.dumps({"is": "error", "tag": message["tag"], "field": "action.kind", "error": "Only crashes here."}))
        made = []
        for parent in message["runs"]:
            role, number = action["target"].split("-")
            crash, which = (int(number), action["at_ns"] / S, 1e9), {"server": "crashes", "balancer": "fronts"}[role]
            options = self.options[parent] | {which: [*self.options[parent].get(which, ()), crash]}
            old = self.runs[parent]
            made.append(old | {"id": str(uuid.uuid4()), "parent": parent, "branch_at_ns": action["at_ns"], "journal": [*old["journal"], action]})
            self._add(made[-1], options)
        comparison = str(uuid.uuid4()) if len(made) > 1 else None
        answer = json.dumps({"is": "branch", "tag": message["tag"], "runs": made, "comparison": comparison})
        return self.answers.append(answer) if self.late else socket.send(answer)
