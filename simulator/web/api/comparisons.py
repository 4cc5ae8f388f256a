"""Comparisons: two to four runs that differ in one thing, on the same arrivals and demands."""

from django.utils.translation import gettext_noop as N_
from rest_framework.response import Response

from simulator.runs import access, service
from simulator.runs.models import Comparison
from simulator.web import found, shown
from simulator.web.api import shapes
from simulator.web.api.base import PAGING, Api, checked, paged
from simulator.web.api.schema import operation


class Comparisons(Api):
    """One's own comparisons."""

    @operation(
        N_("One's own comparisons, newest first."),
        shapes.page_of(shapes.ComparisonShape), 400, operation_id="comparisons_list", parameters=PAGING)
    def get(self, request):
        rows = access.mine(self.who, Comparison.objects.prefetch_related("runs").order_by("-created"))
        return paged(self, rows, lambda row: shown.comparison(row, self.who))

    @operation(
        N_("Start two to four runs of one scenario; each lane says what it changes in the Config."),
        shapes.ComparisonShape, 400, 413, 415, status=201, body=shapes.NewComparison)
    def post(self, request):
        wanted = checked(shapes.NewComparison, request)
        scenario = found.scenario(wanted["scenario"], self.who) if "scenario" in wanted else None
        document = scenario.document if scenario else wanted["document"]
        if "seed" in wanted:
            document = {**document, "seed": wanted["seed"]}
        made = service.create_comparison(document, wanted["lanes"], self.who, scenario)
        return Response(shown.comparison(made, self.who), status=201)


class OneComparison(Api):
    """One comparison."""

    @operation(N_("The comparison with its runs, by lane."), shapes.ComparisonShape)
    def get(self, request, id):
        return Response(shown.comparison(found.comparison(id, self.who), self.who))

    @operation(N_("Change who may see it and its runs."), shapes.ComparisonShape, 400, 415, body=shapes.VisibilityOnly)
    def patch(self, request, id):
        comparison = found.comparison(id, self.who)
        service.set_visibility(comparison, checked(shapes.VisibilityOnly, request)["visibility"], self.who)
        return Response(shown.comparison(found.comparison(id, self.who), self.who))

    @operation(N_("Forget it with its runs; their branches must go first."), None, 409, status=204)
    def delete(self, request, id):
        service.delete(found.comparison(id, self.who), self.who)
        return Response(status=204)


class Branch(Api):
    """What-if, in all lanes at once."""

    @operation(
        N_("A new comparison whose runs share the past up to `at_ns` and then all get the Action."),
        shapes.ComparisonShape, 400, 413, 415, status=201, body=shapes.Branching)
    def post(self, request, id):
        wanted = checked(shapes.Branching, request)
        comparison = found.comparison(id, self.who)
        made = service.branch_comparison(comparison, wanted["at_ns"], wanted["action"], self.who)
        return Response(shown.comparison(made, self.who), status=201)
