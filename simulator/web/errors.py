"""Error pages: one sentence each. Under /api/ the same sentence as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from simulator.web.context import STRANGER

SENTENCES = {
    400: __("This request could not be understood."),
    401: __("Sign in first."),
    403: __("This is not yours to see or change."),
    404: __("There is nothing at this address, or it is not yours to see."),
    405: __("This address does not answer that kind of request."),
    406: __("This address has no answer in the format that was asked for."),
    413: __("What was sent is larger than this address accepts."),
    415: __("This address does not read content of that type."),
    429: __("Too many requests in a short time: wait a moment."),
    500: __("Something broke on our side; it has been noted."),
    503: __("A service that this needs is not answering: try again in a moment."),
}


def answer(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """The error as a page, or as JSON under /api/."""
    text = str(sentence or SENTENCES.get(status, SENTENCES[400]))
    if request.path.startswith("/api/"):
        return JsonResponse({"error": text, "field": ""}, status=status)
    # A page about a broken server must not ask that server for its visitor.
    context = {"status": status, "sentence": text, **({"site": STRANGER} if status == 500 else {})}
    page = render_to_string("error.html", context, None if status == 500 else request)
    return HttpResponse(page, status=status)


def bad_request(request, exception=None):
    """handler400."""
    return answer(request, 400)


def forbidden(request, exception=None):
    """handler403."""
    return answer(request, 403)


def not_found(request, exception=None):
    """handler404."""
    return answer(request, 404)


def server_error(request):
    """handler500."""
    return answer(request, 500)


def csrf(request, reason=""):
    """CSRF_FAILURE_VIEW."""
    return answer(request, 403, _("This form was not sent from our own page, or the page is too old: reload it."))


class ErrorPages:
    """Middleware: an error without a body (405, say) gets the page or the JSON that all errors have."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code < 400 or response.streaming or response.content:
            return response
        page = answer(request, response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response:
                page[name] = response[name]
        return page
