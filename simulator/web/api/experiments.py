"""Experiments: a grid of Configs times many seeds, or the smallest number of servers that is enough."""

from django.http import Http404
from django.utils.translation import gettext_noop as N_
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from simulator.runs import Mistake, access, service
from simulator.runs.models import Experiment, ExperimentCell, State
from simulator.web import experimented, found
from simulator.web.api import experiment_shapes, shapes
from simulator.web.api.base import PAGING, Api, checked, paged
from simulator.web.api.schema import operation

DIGITS = 9


class Experiments(Api):
    """One's own experiments."""

    @operation(N_("One's own experiments, newest first; `?state=` narrows."), shapes.page_of(experiment_shapes.EntryShape), 400,
               operation_id="experiments_list", parameters=[OpenApiParameter("state", str, enum=State.values), *PAGING])
    def get(self, request):
        rows = access.mine(self.who, Experiment.objects.select_related("scenario").order_by("-created"))
        if request.query_params.get("state"):
            rows = rows.filter(state=request.query_params["state"])
        return paged(self, rows, lambda row: experimented.entry(row, self.who))

    @operation(N_("Measure a scenario, or a whole document, at every point of the axes under many seeds."),
               experiment_shapes.ExperimentShape, 400, 413, 415, status=201, body=experiment_shapes.NewExperiment)
    def post(self, request):
        wanted = checked(experiment_shapes.NewExperiment, request)
        key, document = wanted.pop("scenario", None), wanted.pop("document", None)
        scenario = found.scenario(key, self.who) if key is not None else None
        made = service.create_experiment(scenario.document if scenario else document, self.who, wanted, scenario)
        return Response(experimented.experiment(made, self.who), status=201)


class Proposal(Api):
    """Where to begin."""

    @operation(N_("What an experiment with a scenario may begin with, and the options that can be axes."), experiment_shapes.ProposalShape, 400,
               parameters=[OpenApiParameter("scenario", str, required=True)])
    def get(self, request):
        row = found.scenario(request.query_params.get("scenario", ""), self.who)
        return Response(experimented.proposal(row.document, self.who))


class OneExperiment(Api):
    """One experiment."""

    @operation(N_("The experiment as it stands; with `?since=` only the cells that changed after that stamp."), experiment_shapes.ExperimentShape, 400,
               parameters=[OpenApiParameter("since", int)])
    def get(self, request, id):
        since = request.query_params.get("since", "")
        if since and not (since.isascii() and since.isdecimal() and len(since) <= DIGITS):
            raise Mistake("since", N_("since must be a stamp that the experiment had, a whole number."))
        return Response(experimented.experiment(found.experiment(id, self.who), self.who, int(since) if since else -1))

    @operation(N_("Change who may see it."), experiment_shapes.ExperimentShape, 400, 415, body=shapes.VisibilityOnly)
    def patch(self, request, id):
        row = found.experiment(id, self.who)
        service.set_visibility(row, checked(shapes.VisibilityOnly, request)["visibility"], self.who)
        return Response(experimented.experiment(row, self.who))

    @operation(N_("Forget an experiment of one's own."), None, 409, status=204)
    def delete(self, request, id):
        service.delete(found.experiment(id, self.who), self.who)
        return Response(status=204)


class Cancel(Api):
    """Stop measuring."""

    @operation(N_("Stop it; what was measured stays. An experiment that has ended is left as it is."), experiment_shapes.ExperimentShape, body=None)
    def post(self, request, id):
        service.cancel_experiment(found.experiment(id, self.who), self.who)
        return Response(experimented.experiment(found.experiment(id, self.who), self.who))


class OneCell(Api):
    """One cell."""

    @operation(N_("One cell with its Config, the tail of its latencies and its replications."), experiment_shapes.WholeCell)
    def get(self, request, id, number):
        return Response(experimented.cell(cell_of(id, number, self.who)))


class RunCell(Api):
    """A cell as a run."""

    @operation(N_("Run one seed of a cell, the worst one if none is named, and look at its worst moment."), experiment_shapes.RunAtMoment,
               400, 413, 415, status=201, body=experiment_shapes.CellRun)
    def post(self, request, id, number):
        wanted = checked(experiment_shapes.CellRun, request)
        return Response(experimented.ran(cell_of(id, number, self.who), self.who, wanted.get("seed")), status=201)


def cell_of(id, number: int, who) -> ExperimentCell:
    """The Cell `number` of the Experiment with this uuid."""
    row = found.experiment(id, who).cells.filter(number=min(number, 2**31 - 1)).select_related("experiment__scenario").first()
    if row is None:
        raise Http404("no such cell")
    return row
