"""Exports of an Experiment: tables as CSV and Parquet, everything as JSON, a report to send, a script to go on from."""

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_noop as N_
from drf_spectacular.types import OpenApiTypes

from simulator.runs import service
from simulator.web import found, notebook, report
from simulator.web.api.base import Api
from simulator.web.api.exports import as_csv
from simulator.web.api.schema import BINARY, operation
from simulator.web.api.throttles import Heavy

PARQUET = "application/vnd.apache.parquet"


class Table(Api):
    """The base of the exports: something as a file to be kept."""

    name = "results"

    def get_throttles(self):
        """All Cells are read."""
        return [*super().get_throttles(), Heavy()]

    def experiment(self, id):
        """The Experiment."""
        return found.experiment(id, self.who)

    def rows(self, id) -> list[dict]:
        """The rows of the table."""
        return service.export_cells(self.experiment(id))

    def csv(self, id) -> HttpResponse:
        """The table as CSV."""
        rows = self.rows(id)
        return self.file(id, "".join(as_csv(rows[:1], iter(rows[1:]))), "csv", "text/csv; charset=utf-8")

    def parquet(self, id) -> HttpResponse:
        """The table as Parquet."""
        return self.file(id, service.export_parquet(self.rows(id)), "parquet", PARQUET)

    def file(self, id, content, suffix: str, media: str) -> HttpResponse:
        """`content` as a download."""
        answer = HttpResponse(content, content_type=media)
        return named(answer, id, self.name, suffix)


def named(answer: HttpResponse, id, name: str, suffix: str) -> HttpResponse:
    """`answer` as a download with a name."""
    answer["Content-Disposition"] = f'attachment; filename="distviz-experiment-{id}-{name}.{suffix}"'
    return answer


class ResultsCSV(Table):
    """A row a cell, as CSV."""

    @operation(N_("A row a cell: every number with half its 95 % interval."), OpenApiTypes.STR, media="text/csv")
    def get(self, request, id):
        return self.csv(id)


class ResultsParquet(Table):
    """A row a cell, as Parquet."""

    @operation(N_("A row a cell, as Apache Parquet."), BINARY, media=PARQUET)
    def get(self, request, id):
        return self.parquet(id)


class ReplicationsCSV(Table):
    """A row a seed, as CSV."""

    name = "replications"

    def rows(self, id):
        """A row a seed of every cell."""
        return service.export_replications(self.experiment(id))

    @operation(N_("A row a seed of every cell."), OpenApiTypes.STR, media="text/csv")
    def get(self, request, id):
        return self.csv(id)


class ReplicationsParquet(ReplicationsCSV):
    """A row a seed, as Parquet."""

    @operation(N_("A row a seed of every cell, as Apache Parquet."), BINARY, media=PARQUET)
    def get(self, request, id):
        return self.parquet(id)


class ResultsJSON(Table):
    """Everything."""

    @operation(N_("The whole experiment, with the scenario and the plan that fix every number."), OpenApiTypes.OBJECT)
    def get(self, request, id):
        found = service.export_results(self.experiment(id), self.who)
        return named(JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1}), id, self.name, "json")


class Report(Table):
    """The report."""

    name = "report"

    @operation(N_("A report in one HTML file: tables, plots, assumptions; needs no network."), OpenApiTypes.STR, media="text/html")
    def get(self, request, id):
        return self.file(id, report.html(self.experiment(id), self.who), "html", "text/html; charset=utf-8")


class Notebook(Table):
    """The script."""

    name = "notebook"

    @operation(N_("A Python script that loads the tables from here: standard library only, pandas where it is there."), OpenApiTypes.STR,
               media="text/x-python")
    def get(self, request, id):
        row = self.experiment(id)
        return self.file(id, notebook.script(row, request.build_absolute_uri("/")), "py", "text/x-python; charset=utf-8")
