"""The systems that can be simulated."""

from django.http import Http404
from django.utils.translation import gettext_noop as N_
from drf_spectacular.types import OpenApiTypes
from rest_framework.response import Response

from simulator.web import shown
from simulator.web.api import shapes
from simulator.web.api.base import Api
from simulator.web.api.schema import operation


class Systems(Api):
    """Every system."""

    @operation(N_("The systems with their Actions and the JSON Schema of their Config."), shapes.SystemShape(many=True))
    def get(self, request):
        return Response(shown.systems())


class OneSystem(Api):
    """One system."""

    @operation(N_("What it is, what can be done to it, what is modelled and what is left out."), shapes.SystemShape)
    def get(self, request, key):
        return Response(known(key))


class ConfigSchema(Api):
    """The options of a system."""

    @operation(
        N_("The JSON Schema of its Config, with titles, units, bounds, defaults and sources."),
        OpenApiTypes.OBJECT)
    def get(self, request, key):
        return Response(known(key)["schema"])


def known(key: str) -> dict:
    """The SYSTEM called `key`; Http404 otherwise."""
    for system in shown.systems():
        if system["key"] == key:
            return system
    raise Http404(f"no system {key}")
