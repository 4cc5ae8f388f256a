"""Judges histories of other people's systems, and those of runs."""

import json

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from simulator.runs import Mistake, access, service
from simulator.web import found
from simulator.web.api import judge_shapes
from simulator.web.api.base import Api, checked
from simulator.web.api.parsers import StrictJSON
from simulator.web.api.schema import operation
from simulator.web.api.throttles import Heavy


class Judge(Api):
    """A history that somebody brings."""

    parser_classes = (StrictJSON, MultiPartParser)

    def get_throttles(self):
        """It may take seconds."""
        return [*super().get_throttles(), Heavy()]

    @operation(
        N_("Which consistency models a history keeps: a witness order, or the smallest part that has none. Nothing is stored."),
        judge_shapes.JudgedHistories, 400, 413, 415,
        body={"application/json": judge_shapes.NewJudgement, "multipart/form-data": judge_shapes.JudgedFile})
    def post(self, request):
        access.needs_create(self.who)
        if isinstance(request.data, dict) and "file" not in request.data:
            wanted = checked(judge_shapes.NewJudgement, request)
            text, models = _text(wanted["history"]), wanted.get("models")
        else:
            text, models = _decoded(checked(judge_shapes.JudgedFile, request)["file"].read()), None
        return Response({"histories": [told(one) for one in service.judge_text(text, *([models] if models else []))]})


class Verdicts(Api):
    """What every model says to a run."""

    def get_throttles(self):
        """The run is computed again."""
        return [*super().get_throttles(), Heavy()]

    @operation(N_("What every consistency model says to what the clients of a run saw."), judge_shapes.VerdictsShape, 409)
    def get(self, request, id):
        return Response(told(service.verdicts(found.run(id, self.who))))


def told(judged: dict) -> dict:
    """What the floor below found, in the language in force."""
    rows = [{name: value for name, value in row.items() if name != "sentence"}
            | {"title": row["title"].say(gettext), "said": row["sentence"].say(gettext)} for row in judged["verdicts"]]
    return judged | {"verdicts": rows}


def _text(history) -> str:
    if isinstance(history, str):
        return history
    if isinstance(history, list):
        return "\n".join(json.dumps(entry) for entry in history)
    raise Mistake("history", N_("history must be a text, or a list of entries."))


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Mistake("file", N_("file must be a text in UTF-8.")) from None
