"""Every error of the REST floor: {"error": one sentence, "field": dotted path or ""} with the right status."""

import logging

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from simulator.runs import Forbidden, Mistake
from simulator.web.errors import SENTENCES

logger = logging.getLogger(__name__)


def answer(exception: Exception, context: dict) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None (a 500 page, logged) for what is our own mistake."""
    set_rollback()
    if isinstance(exception, Mistake):
        return said(exception.status, exception.say(_), exception.field)
    if isinstance(exception, (Forbidden, PermissionDenied)):
        return said(403, SENTENCES[403])
    if isinstance(exception, Http404):
        return said(404, SENTENCES[404])
    if isinstance(exception, (RedisError, OperationalError)):
        logger.warning("a service did not answer: %s", exception)
        return said(503, SENTENCES[503])
    if isinstance(exception, RequestDataTooBig):
        return said(413, SENTENCES[413])
    if isinstance(exception, SuspiciousOperation):
        return said(400, SENTENCES[400])
    if isinstance(exception, exceptions.APIException):
        return _drf(exception)
    return None


def said(status: int, sentence, field: str = "", headers: dict | None = None) -> Response:
    """One error."""
    return Response({"error": str(sentence), "field": field}, status=status, headers=headers)


def _drf(exception: exceptions.APIException) -> Response:
    if isinstance(exception, exceptions.ValidationError):
        field, sentence = first(exception.detail)
        return said(400, _("{field}: {sentence}").format(field=field, sentence=sentence) if field else sentence, field)
    if isinstance(exception, exceptions.Throttled):
        wait = max(1, round(exception.wait or 1))
        return said(429, _("Too many requests: try again in {seconds} s.").format(seconds=wait),
                    headers={"Retry-After": str(wait)})
    if isinstance(exception, exceptions.ParseError):
        return said(400, exception.detail)
    return said(exception.status_code, SENTENCES.get(exception.status_code, exception.detail))


def first(detail, path: str = "") -> tuple[str, str]:
    """(dotted path, sentence) of the first of DRF's nested validation errors."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return first(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    if isinstance(detail, list):
        for number, inner in enumerate(detail):
            if isinstance(inner, (dict, list)):
                if inner:
                    return first(inner, f"{path}.{number}".lstrip("."))
            else:
                return path, str(inner)
    return path, str(detail)
