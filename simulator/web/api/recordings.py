"""Recordings: look at a file, keep it, list, forget."""

from django.utils.translation import gettext_noop as N_
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from simulator.runs import Mistake, Phrase, access, service
from simulator.runs.models import Recording
from simulator.web import found, shown
from simulator.web.api import shapes
from simulator.web.api.base import PAGING, Api, checked, paged
from simulator.web.api.parsers import parse
from simulator.web.api.schema import operation
from simulator.web.api.throttles import Heavy
from simulator.web.bodies import declared

HEADS_BYTES = 64 * 1024
"""What a multipart body may hold beside its file."""


class Upload(Api):
    """A multipart body whose file is spooled to disk, never held in memory."""

    parser_classes = (MultiPartParser,)

    def initial(self, request, *args, **kwargs):
        """Refuse what is over the asker's budget before the body is looked at."""
        super().initial(request, *args, **kwargs)
        most = self.who.budget.upload_bytes
        if declared([(b"content-length", request.META.get("CONTENT_LENGTH", "").encode())]) > most + HEADS_BYTES:
            raise Mistake("file", Phrase(N_("file must be at most {most:,} bytes."), most=most), status=413)

    def get_throttles(self):
        """Reading a file costs seconds."""
        return [*super().get_throttles(), *([Heavy()] if self.request.method == "POST" else [])]


class Recordings(Upload):
    """Recorded traffic that may be listed to the asker."""

    @operation(
        N_("One's own and public recordings, newest first."),
        shapes.page_of(shapes.RecordingShape), 400, operation_id="recordings_list", parameters=PAGING)
    def get(self, request):
        rows = access.visible(self.who, Recording.objects.defer("arrays").order_by("-created"))
        return paged(self, rows, lambda row: shown.recording(row, self.who))

    @operation(
        N_("Keep a file as a recording."),
        shapes.RecordingShape, 400, 413, 415, status=201, body=shapes.NewRecording)
    def post(self, request):
        access.needs_create(self.who)
        wanted = checked(shapes.NewRecording, request)
        file = wanted["file"]
        made = service.store_recording(
            file, file.name, mapping(wanted), wanted.get("name") or file.name, self.who, wanted["visibility"])
        return Response(shown.recording(made, self.who), status=201)


class Preview(Upload):
    """A look at a file."""

    @operation(
        N_("What the file would be as a recording under this mapping (or the one that fits best)."),
        shapes.PreviewShape, 400, 413, 415, body=shapes.PreviewRecording)
    def post(self, request):
        access.needs_create(self.who)
        wanted = checked(shapes.PreviewRecording, request)
        return Response(shown.preview(wanted["file"], mapping(wanted), self.who))


class OneRecording(Api):
    """One recording."""

    @operation(N_("The recording with its preview: rate over time, burstiness, span."), shapes.RecordingShape)
    def get(self, request, key):
        return Response(shown.whole_recording(found.recording(key, self.who), self.who))

    @operation(N_("Change who may see it."), shapes.RecordingShape, 400, 415, body=shapes.VisibilityOnly)
    def patch(self, request, key):
        recording = found.recording(key, self.who)
        service.set_visibility(recording, checked(shapes.VisibilityOnly, request)["visibility"], self.who)
        return Response(shown.recording(recording, self.who))

    @operation(N_("Forget a recording of one's own."), None, 409, status=204)
    def delete(self, request, key):
        service.delete(found.recording(key, self.who), self.who)
        return Response(status=204)


def mapping(wanted: dict) -> dict | None:
    """The mapping among the fields of an upload, read as JSON; None where there is none."""
    read = parse(wanted["mapping"]) if wanted.get("mapping") else None
    if not isinstance(read, dict | None):
        raise Mistake("mapping", N_("mapping must be a JSON object."))
    return read
