"""What all REST views share: session sign-in, JSON in and out, one error shape, paging."""

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from drf_spectacular.utils import OpenApiParameter
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import Serializer
from rest_framework.utils.mediatypes import media_type_matches
from rest_framework.views import APIView

from simulator.runs import Mistake
from simulator.web.api.errors import answer
from simulator.web.api.parsers import StrictJSON
from simulator.web.api.throttles import Reading, Writing
from simulator.web.who import remembered, who_of

SAFE = {"GET", "HEAD", "OPTIONS"}


class Session(SessionAuthentication):
    """Django's session; CSRF is checked for visitors too, since in open mode they own what they make."""

    def authenticate(self, request):
        """(user, None) for a signed-in user, None for a visitor."""
        user = getattr(request._request, "user", None)
        if request.method not in SAFE:
            self.enforce_csrf(request)
        return (user, None) if user is not None and user.is_active else None


class OneFormat(BaseContentNegotiation):
    """Each address has one format, whatever the Accept header or `?format=` says."""

    def select_parser(self, request, parsers):
        """The one that reads the request's content type; None (415) where there is none."""
        return next((parser for parser in parsers if media_type_matches(parser.media_type, request.content_type)), None)

    def select_renderer(self, request, renderers, format_suffix=None):
        """The first."""
        return renderers[0], renderers[0].media_type


class Api(APIView):
    """The base of every REST view. Its methods are the operations of the OpenAPI document."""

    authentication_classes = (Session,)
    permission_classes = ()
    parser_classes = (StrictJSON,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OneFormat

    def get_exception_handler(self):
        """One shape for every error."""
        return answer

    def get_throttles(self):
        """Looking and changing are counted apart."""
        return [Reading() if self.request.method in SAFE else Writing()]

    @property
    def who(self):
        """The asker, for access rules and budgets; whoever makes something has a session to own it."""
        return who_of(self.request) if self.request.method in SAFE else remembered(self.request)


def checked(shape: type[Serializer], request: HttpRequest) -> dict:
    """The request's body, validated; DRF's ValidationError names the first wrong field."""
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def whole(request: HttpRequest) -> dict:
    """The request's body, which must be a JSON object."""
    if not isinstance(request.data, dict):
        raise Mistake("", N_("The body must be a JSON object."))
    return request.data


PAGING = [OpenApiParameter("limit", int, description=N_("At most 200.")), OpenApiParameter("offset", int)]


class Pages(LimitOffsetPagination):
    """?limit= (at most 200) and ?offset=."""

    default_limit = 50
    max_limit = 200


def paged(view: Api, queryset, shown):
    """One page of `queryset` (ordered), each row as `shown(row)`."""
    pages = Pages()
    rows = pages.paginate_queryset(queryset, view.request, view=view)
    return pages.get_paginated_response([shown(row) for row in rows])
