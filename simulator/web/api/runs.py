"""Runs: start, look, branch, cancel, forget, and their Segments."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_noop as N_
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from simulator.runs import Mistake, access, service
from simulator.runs.models import Run, State
from simulator.web import found, shown
from simulator.web.api import hunt_shapes, shapes
from simulator.web.api.base import PAGING, Api, checked, paged, whole
from simulator.web.api.schema import BINARY, operation
from simulator.web.api.throttles import Heavy

DIGITS = 15


class Runs(Api):
    """One's own runs."""

    @operation(N_("One's own runs, newest first; `?state=` narrows."), shapes.page_of(shapes.RunShape), 400, operation_id="runs_list",
               parameters=[OpenApiParameter("state", str, enum=State.values), *PAGING])
    def get(self, request):
        rows = access.mine(self.who, Run.objects.select_related("scenario").order_by("-created", "lane"))
        if request.query_params.get("state"):
            rows = rows.filter(state=request.query_params["state"])
        return paged(self, rows, lambda row: shown.run(row, self.who))

    @operation(
        N_("Start a run of a scenario or of a whole document."),
        shapes.RunShape, 400, 413, 415, status=201, body=shapes.NewRun)
    def post(self, request):
        wanted = checked(shapes.NewRun, request)
        scenario = found.scenario(wanted["scenario"], self.who) if "scenario" in wanted else None
        document = scenario.document if scenario else wanted["document"]
        made = service.create_run(document, self.who, wanted.get("seed"), scenario, wanted.get("journal", ()))
        return Response(shown.run(made, self.who), status=201)


class Import(Api):
    """A run as one document."""

    @operation(
        N_("Start again what /api/runs/<id>/document.json gave; it ends with the same digest."),
        shapes.RunShape, 400, 413, 415, status=201, body=OpenApiTypes.OBJECT)
    def post(self, request):
        made = service.import_document(whole(request), self.who)
        return Response(shown.run(made, self.who), status=201)


class OneRun(Api):
    """One run."""

    @operation(N_("The run as it stands."), shapes.RunShape)
    def get(self, request, id):
        return Response(shown.run(found.run(id, self.who), self.who))

    @operation(N_("Change who may see it."), shapes.RunShape, 400, 415, body=shapes.VisibilityOnly)
    def patch(self, request, id):
        run = found.run(id, self.who)
        service.set_visibility(run, checked(shapes.VisibilityOnly, request)["visibility"], self.who)
        return Response(shown.run(run, self.who))

    @operation(N_("Forget a run of one's own; its branches must go first."), None, 409, status=204)
    def delete(self, request, id):
        service.delete(found.run(id, self.who), self.who)
        return Response(status=204)


class Branch(Api):
    """What-if."""

    @operation(
        N_("A new run that shares this one's past up to `at_ns` and then differs by the Action."),
        shapes.RunShape, 400, 413, 415, status=201, body=shapes.Branching)
    def post(self, request, id):
        run = found.run(id, self.who)
        wanted = checked(shapes.Branching, request)
        made = service.branch(run, wanted["at_ns"], wanted["action"], self.who)
        return Response(shown.run(made, self.who), status=201)


class Cancel(Api):
    """Stop computing."""

    @operation(
        N_("Stop it; what was computed stays. A run that has ended is left as it is."),
        shapes.RunShape, body=None)
    def post(self, request, id):
        run = found.run(id, self.who)
        service.cancel(run, self.who)
        return Response(shown.run(found.run(id, self.who), self.who))


class Segments(Api):
    """Where the Segments of a run lie."""

    @operation(N_("Those stored so far, shared ones included, in order."), shapes.SegmentShape(many=True))
    def get(self, request, id):
        return Response(shown.segments(found.run(id, self.who)))


class OneSegment(Api):
    """One Segment."""

    @operation(
        N_("zlib over msgpack; columns as typed little-endian binary."),
        BINARY, media="application/octet-stream")
    def get(self, request, id, number):
        run = found.run(id, self.who)
        payload = service.segment_payload(run, number) if number < run.segment_count else None
        if payload is None:
            raise Http404(f"no segment {number}")
        answer = HttpResponse(payload, content_type="application/octet-stream")
        answer["Cache-Control"] = "private, max-age=31536000, immutable"
        return answer


class Why(Api):
    """Why something happened."""

    def get_throttles(self):
        """The run is computed again up to the event."""
        return [*super().get_throttles(), Heavy()]

    @operation(
        N_("The smallest slice of the past that explains an event of a protocol: at most 20 events, a sentence each."),
        hunt_shapes.WhyShape, 400, 409, 413, parameters=[OpenApiParameter("event", int, required=True, description=N_("The event's number: of a message, a timer, a start, an Action."))])
    def get(self, request, id):
        run = found.run(id, self.who)
        event = request.query_params.get("event", "")
        if not (event.isascii() and event.isdecimal()) or len(event) > DIGITS:
            raise Mistake("event", N_("event must be the number of an event, a whole number from 0."))
        return Response(service.why(run, int(event)))


class Summary(Api):
    """The numbers of a run."""

    @operation(N_("The summary; 404 until the run has one."), OpenApiTypes.OBJECT)
    def get(self, request, id):
        summary = service.summary(found.run(id, self.who))
        if summary is None:
            raise Http404("no summary yet")
        return Response(summary)
