"""Hunts: many seeds of one scenario, its nemesis on, searched for one that breaks a promise."""

from django.utils.translation import gettext_noop as N_
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from simulator.runs import access, service
from simulator.runs.models import Hunt, State
from simulator.web import found, hunted
from simulator.web.api import hunt_shapes, shapes
from simulator.web.api.base import PAGING, Api, checked, paged
from simulator.web.api.schema import operation


class Hunts(Api):
    """One's own hunts."""

    @operation(N_("One's own hunts, newest first; `?state=` narrows."), shapes.page_of(hunt_shapes.HuntShape), 400,
               operation_id="hunts_list", parameters=[OpenApiParameter("state", str, enum=State.values), *PAGING])
    def get(self, request):
        rows = access.mine(self.who, Hunt.objects.select_related("scenario").order_by("-created"))
        if request.query_params.get("state"):
            rows = rows.filter(state=request.query_params["state"])
        return paged(self, rows, lambda row: hunted.hunt(row, self.who))

    @operation(
        N_("Search seeds of a scenario or of a whole document; where its nemesis is asleep, it is woken."),
        hunt_shapes.HuntShape, 400, 413, 415, status=201, body=hunt_shapes.NewHunt)
    def post(self, request):
        wanted = checked(hunt_shapes.NewHunt, request)
        scenario = found.scenario(wanted["scenario"], self.who) if "scenario" in wanted else None
        document = scenario.document if scenario else wanted["document"]
        made = service.create_hunt(document, self.who, wanted["seeds"], wanted["first_seed"], wanted.get("config"), scenario,
                                   model=wanted["model"])
        return Response(hunted.hunt(made, self.who), status=201)


class OneHunt(Api):
    """One hunt."""

    @operation(N_("The hunt as it stands."), hunt_shapes.HuntShape)
    def get(self, request, id):
        return Response(hunted.hunt(found.hunt(id, self.who), self.who))

    @operation(N_("Change who may see it and the runs it made."), hunt_shapes.HuntShape, 400, 415, body=shapes.VisibilityOnly)
    def patch(self, request, id):
        hunt = found.hunt(id, self.who)
        service.set_visibility(hunt, checked(shapes.VisibilityOnly, request)["visibility"], self.who)
        return Response(hunted.hunt(hunt, self.who))

    @operation(N_("Forget a hunt of one's own; the runs it made stay."), None, 409, status=204)
    def delete(self, request, id):
        service.delete(found.hunt(id, self.who), self.who)
        return Response(status=204)


class Cancel(Api):
    """Stop searching."""

    @operation(N_("Stop it; what was found stays. A hunt that has ended is left as it is."), hunt_shapes.HuntShape, body=None)
    def post(self, request, id):
        service.cancel_hunt(found.hunt(id, self.who), self.who)
        return Response(hunted.hunt(found.hunt(id, self.who), self.who))
