"""Exports of a run: requests and series as CSV and JSON, everything as one document. Streamed, never whole in memory."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

import orjson
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext_noop as N_
from drf_spectacular.types import OpenApiTypes

from simulator.runs import service
from simulator.web import found
from simulator.web.api import shapes
from simulator.web.api.base import Api
from simulator.web.api.schema import operation
from simulator.web.api.throttles import Heavy

ROWS_A_CHUNK = 2000


class Export(Api):
    """The base of the exports."""

    name = ""
    media = "text/csv"

    def get_throttles(self):
        """An export computes the run again."""
        return [*super().get_throttles(), Heavy()]

    def rows(self, run) -> Iterator[dict]:
        """The rows; dicts with the same keys in the same order."""
        raise NotImplementedError

    def stream(self, request, id, suffix: str) -> StreamingHttpResponse:
        """The rows as a download."""
        run = found.run(id, self.who)
        rows = iter(self.rows(run))
        first = list(islice(rows, 1))  # a Mistake comes now, while it can still be an answer
        texts = as_csv(first, rows) if suffix == "csv" else as_json(first, rows)
        media = "text/csv; charset=utf-8" if suffix == "csv" else "application/json"
        answer = StreamingHttpResponse(streamed(texts, request), content_type=media)
        answer["Content-Disposition"] = f'attachment; filename="distviz-{run.pk}-{self.name}.{suffix}"'
        return answer


class RequestsCSV(Export):
    """All requests as CSV."""

    name = "requests"

    def rows(self, run):
        """Every request, computed again, none left out."""
        return service.export_requests(run)

    @operation(N_("Every request: times in ns, server, outcome."), OpenApiTypes.STR, 400, 409, media="text/csv")
    def get(self, request, id):
        return self.stream(request, id, "csv")


class RequestsJSON(RequestsCSV):
    """All requests as JSON."""

    @operation(N_("Every request: times in ns, server, outcome."), shapes.Row(many=True), 400, 409, media="application/json")
    def get(self, request, id):
        return self.stream(request, id, "json")


class SeriesCSV(Export):
    """The series as CSV."""

    name = "series"

    def rows(self, run):
        """Every sample."""
        return service.export_series(run)

    @operation(N_("Every sample: rates, queues, latency."), OpenApiTypes.STR, 400, 409, media="text/csv")
    def get(self, request, id):
        return self.stream(request, id, "csv")


class SeriesJSON(SeriesCSV):
    """The series as JSON."""

    @operation(N_("Every sample: rates, queues, latency."), shapes.Row(many=True), 400, 409, media="application/json")
    def get(self, request, id):
        return self.stream(request, id, "json")


class WholeDocument(Api):
    """Everything that a run is."""

    @operation(N_("One document; posted to /api/runs/import/ it gives the same digest."), OpenApiTypes.OBJECT)
    def get(self, request, id):
        run = found.run(id, self.who)
        answer = JsonResponse(service.export_document(run), json_dumps_params={"ensure_ascii": False, "indent": 1})
        answer["Content-Disposition"] = f'attachment; filename="distviz-{run.pk}.json"'
        return answer


def as_csv(first: list[dict], rest: Iterator[dict]) -> Iterator[str]:
    """CSV in chunks of some thousand rows, with a head line where there is a row."""
    if not first:
        return
    yield _lines([list(first[0]), list(first[0].values())])
    while chunk := list(islice(rest, ROWS_A_CHUNK)):
        yield _lines([row.values() for row in chunk])


def _lines(rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def as_json(first: list[dict], rest: Iterator[dict]) -> Iterator[str]:
    """A JSON array in chunks of some thousand rows."""
    yield "[" + ",\n".join(map(_json, first))
    while chunk := list(islice(rest, ROWS_A_CHUNK)):
        yield ",\n" + ",\n".join(map(_json, chunk))
    yield "]\n"


def _json(row: dict) -> str:
    return orjson.dumps(row).decode()


def streamed(texts: Iterator[str], request):
    """`texts` as the server wants them: under ASGI Django would collect a plain iterator whole."""
    return _waited(texts) if isinstance(request._request, ASGIRequest) else texts


async def _waited(texts: Iterator[str]):
    step = sync_to_async(next, thread_sensitive=False)
    while (text := await step(texts, None)) is not None:
        yield text
