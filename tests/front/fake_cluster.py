"""The stage of a protocol without its server: real Segments, computed here, and real Branches for whatever is done by hand."""

import json
import uuid

from simulator.runs.codec import pack
from simulator.runs.systems import nodes_of, systems
from simulator.scenarios import library, play
from simulator.scenarios.document import parse
from simulator.scenarios.mistake import Mistake
from tests.front.fake_stage import FakeStage


class FakeCluster(FakeStage):
    """Lanes are (title, changes of the Config); `key` names a built-in scenario of an actor system, or is a document."""

    def __init__(self, key, lanes=(("", {}),), why=None, **run):
        raw = key if isinstance(key, dict) else library.builtin()[key].document()
        self.documents, self.summaries = {}, {}
        self.system = next(system for system in systems() if system["key"] == raw["system"])
        self.raw, self.why, self.asked = raw, why, []
        super().__init__(list(lanes), **run)

    def _run(self, options, **more):
        document = parse(self.raw | {"config": self.raw["config"] | options})
        told = document.told("en")
        cut = play.prepare(document).plan
        made = {
            "id": str(uuid.uuid4()), "state": "done", "title": told["title"], "system": document.system, "seed": document.seed,
            "duration_ns": document.duration_ns, "window_ns": cut.window_ns, "sample_ns": cut.sample_ns, "segments": len(cut.windows()),
            "progress_ns": document.duration_ns, "parent": None, "branch_at_ns": None, "journal": [],
            "actions": [action.document() for action in document.deeds()], "config": document.config, "comparison": None, "lane": 0,
            "nodes": nodes_of(document.document()), "lane_title": "", "digest": None, "summary": None, "error": None,
            "visibility": "private", "mine": True, "can_act": True,
        } | more
        self.documents[made["id"]] = document
        return made

    def _add(self, run, options):
        self.runs[run["id"]], self.options[run["id"]] = run, options
        document = self.documents[run["id"]]
        journal = [play.act(document, action, field="journal") for action in run["journal"]]
        playing = play.prepare(document, journal=journal)
        self.payloads[run["id"]] = [pack(segment) for segment in playing.segments()]
        summary = json.loads(json.dumps(playing.summary()))
        run |= {"summary": summary, "digest": summary["digest"]}

    def data(self, **more):
        """What the server puts beside the page."""
        return super().data(**{"system": self.system, "scenario": {"watch_for": ["Who is ahead of whom."], "text": ""}} | more)

    def _rest(self, route):
        if "/why/" not in route.request.url:
            return super()._rest(route)
        self.asked.append(route.request.url)
        return route.fulfill(json=self.why)

    def _act(self, socket, message):
        action = {"at_ns": message["at_ns"], **message["action"]}
        made = []
        try:
            for parent in message["runs"]:
                old = self.runs[parent]
                run = old | {"id": str(uuid.uuid4()), "parent": parent, "branch_at_ns": action["at_ns"], "journal": [*old["journal"], action]}
                self.documents[run["id"]] = self.documents[parent]
                self._add(run, self.options[parent])
                made.append(run)
        except Mistake as slip:
            return socket.send(json.dumps({"is": "error", "tag": message["tag"], "field": slip.field, "error": slip.sentence}))
        return socket.send(json.dumps({"is": "branch", "tag": message["tag"], "runs": made, "comparison": str(uuid.uuid4()) if len(made) > 1 else None}))
