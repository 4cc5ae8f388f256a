"""Exports of a run: requests, messages and series as CSV and JSON, what other tools open, everything as one document.

Streamed, never whole in memory.
"""

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


class MessagesCSV(Export):
    """All messages as CSV."""

    name = "messages"

    def rows(self, run):
        """Every message, computed again, none left out; its fields as JSON text."""
        return ({**row, "values": orjson.dumps(row["values"]).decode()} for row in service.export_messages(run))

    @operation(N_("Every message of a protocol: times in ns, from, to, fate, cause, values."), OpenApiTypes.STR, 400, 409, media="text/csv")
    def get(self, request, id):
        return self.stream(request, id, "csv")


class MessagesJSON(Export):
    """All messages as JSON."""

    name = "messages"

    def rows(self, run):
        """Every message, computed again, none left out."""
        return service.export_messages(run)

    @operation(N_("Every message of a protocol: times in ns, from, to, fate, cause, values."), shapes.Row(many=True), 400, 409, media="application/json")
    def get(self, request, id):
        return self.stream(request, id, "json")


class HistoryJSON(Export):
    """The clients' history as JSON."""

    name = "history"

    def rows(self, run):
        """Every invocation and every end."""
        return service.export_history(run)

    @operation(N_("What the clients saw: a history as Jepsen writes it."), shapes.Row(many=True), 400, 409, media="application/json")
    def get(self, request, id):
        return self.stream(request, id, "json")


class Text(Export):
    """The base of exports that are a text for another tool."""

    form, suffix = "", "txt"

    def text(self, request, id) -> StreamingHttpResponse:
        """The text as a download, some thousand lines at a time."""
        run = found.run(id, self.who)
        pieces = iter(service.export_text(run, self.form))  # a Mistake comes now, while it can still be an answer
        answer = StreamingHttpResponse(streamed(gathered(pieces), request), content_type=f"{self.media}; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="distviz-{run.pk}-{self.name}.{self.suffix}"'
        return answer


class HistoryEDN(Text):
    """The clients' history in EDN."""

    name, form, suffix, media = "history", "edn", "edn", "text/plain"

    @operation(N_("What the clients saw, in EDN: Jepsen's own history.edn."), OpenApiTypes.STR, 400, 409, 413, media="text/plain")
    def get(self, request, id):
        return self.text(request, id)


class ShiViz(Text):
    """The run as a ShiViz log."""

    name, form, suffix, media = "shiviz", "shiviz", "log", "text/plain"

    @operation(N_("Every event with its vector time: a log that ShiViz opens with its default parser."), OpenApiTypes.STR, 400, 409, 413, media="text/plain")
    def get(self, request, id):
        return self.text(request, id)


class ChromeTrace(Text):
    """The run in the Trace Event Format."""

    name, form, suffix, media = "chrome-trace", "chrome-trace", "json", "application/json"

    @operation(N_("Nodes, messages and faults in the Trace Event Format: opens in Perfetto."), OpenApiTypes.OBJECT, 400, 409, 413, media="application/json")
    def get(self, request, id):
        return self.text(request, id)


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


def gathered(pieces: Iterator[str]) -> Iterator[str]:
    """`pieces` some thousand at a time."""
    while chunk := list(islice(pieces, ROWS_A_CHUNK)):
        yield "".join(chunk)


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
