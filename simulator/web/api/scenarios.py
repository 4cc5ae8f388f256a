"""Scenarios: built-in ones, one's own, other people's public ones."""

from django.utils.translation import gettext_noop as N_
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from simulator.runs import access, service
from simulator.runs.models import Scenario
from simulator.web import found, shown
from simulator.web.api import shapes
from simulator.web.api.base import PAGING, Api, checked, paged
from simulator.web.api.schema import operation


class Scenarios(Api):
    """All that may be listed to the asker."""

    @operation(
        N_("The scenarios, by key; `?system=` narrows."),
        shapes.page_of(shapes.ScenarioShape), 400, operation_id="scenarios_list", parameters=[OpenApiParameter("system", str), *PAGING])
    def get(self, request):
        rows = access.visible(self.who, Scenario.objects.order_by("key"))
        if request.query_params.get("system"):
            rows = rows.filter(document__system=request.query_params["system"])
        return paged(self, rows, lambda row: shown.card(row, self.who))

    @operation(
        N_("Keep a scenario of one's own."),
        shapes.WholeScenario, 400, 413, 415, status=201, body=shapes.NewScenario)
    def post(self, request):
        wanted = checked(shapes.NewScenario, request)
        made = service.save_scenario(wanted["document"], self.who, wanted.get("key"), wanted["visibility"])
        return Response(shown.whole_card(made, self.who), status=201)


class Check(Api):
    """A look at a document without keeping it."""

    @operation(
        N_("The document with every default spelled out, or what is wrong with it."),
        shapes.Checked, 400, 413, 415, body=shapes.DocumentOnly)
    def post(self, request):
        document = service.parsed(checked(shapes.DocumentOnly, request)["document"])
        return Response({"document": document.document(), "needs": shown.missing(document, self.who)})


class OneScenario(Api):
    """One scenario."""

    @operation(N_("The scenario with its document."), shapes.WholeScenario)
    def get(self, request, key):
        return Response(shown.whole_card(found.scenario(key, self.who), self.who))

    @operation(
        N_("Replace the document, change who may see it, or both."),
        shapes.WholeScenario, 400, 413, 415, body=shapes.ChangedScenario)
    def patch(self, request, key):
        scenario = found.scenario(key, self.who)
        wanted = checked(shapes.ChangedScenario, request)
        changed = service.change_scenario(scenario, self.who, wanted.get("document"), wanted.get("visibility"))
        return Response(shown.whole_card(changed, self.who))

    @operation(N_("Forget a scenario of one's own; runs made from it stay."), None, status=204)
    def delete(self, request, key):
        service.delete(found.scenario(key, self.who), self.who)
        return Response(status=204)
