"""The index of the REST floor, its OpenAPI document, and a page to read it by: rendered here, without any script."""

from functools import cache

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as N_
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.response import Response

from simulator.web.api.base import Api, Session
from simulator.web.api.errors import answer
from simulator.web.api.schema import operation
from simulator.web.api.throttles import Reading
from simulator.web.page import page as guarded

NOUNS = ("systems", "scenarios", "runs", "comparisons", "recordings", "schema", "docs")
METHODS = ("get", "post", "patch", "delete")


class Root(Api):
    """Where to begin."""

    @operation(N_("The addresses of everything below."), OpenApiTypes.OBJECT)
    def get(self, request):
        root = reverse("api")
        return Response({noun: request.build_absolute_uri(f"{root}{noun}/") for noun in NOUNS})


class Schema(SpectacularJSONAPIView):
    """The OpenAPI document, as JSON."""

    authentication_classes = (Session,)
    permission_classes = ()
    throttle_classes = (Reading,)

    def get_exception_handler(self):
        """One shape for every error."""
        return answer


class Nowhere(Api):
    """Any other address: 404 in the shape that all errors have."""

    schema = None

    def initial(self, request, *args, **kwargs):
        """There is nothing here, whatever the method."""
        raise Http404("no such address")

    def http_method_not_allowed(self, request, *args, **kwargs):
        """Never reached: `initial` comes first."""
        raise Http404("no such address")


@guarded("GET")
def page(request):
    """GET /api/docs/: every operation with its parameters, body and answers. Template: api_docs.html."""
    return render(request, "api_docs.html", {"groups": groups(), "shapes": kinds()})


@cache
def document() -> dict:
    """The OpenAPI document as a dict; the same for everybody, so made once."""
    with override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


def groups() -> list[dict]:
    """[{"noun", "operations": [{"method", "path", "summary", "parameters", "body", "answers"}]}]."""
    found = {}
    for path, operations in document()["paths"].items():
        noun = path.removeprefix(reverse("api")).split("/")[0] or "api"
        for method in METHODS:
            if method in operations:
                found.setdefault(noun, []).append(_operation(path, method, operations[method]))
    return [{"noun": noun, "operations": rows} for noun, rows in found.items()]


def _operation(path: str, method: str, facts: dict) -> dict:
    contents = facts.get("requestBody", {}).get("content", {})
    media, body = next(iter(contents.items()), ("", {}))
    return {
        "method": method.upper(), "path": path, "summary": gettext(facts.get("summary", "")),
        "parameters": [{"name": one["name"], "where": one["in"], "type": _type(one.get("schema", {})),
                        "text": gettext(one["description"]) if one.get("description") else ""}
                       for one in facts.get("parameters", ())],
        "media": media, "body": _type(body.get("schema", {})) if media else "",
        "answers": [{"status": status, "type": _answer(said)} for status, said in sorted(facts["responses"].items())],
    }


def _answer(said: dict) -> str:
    content = next(iter(said.get("content", {}).items()), None)
    if content is None:
        return ""
    media, shape = content
    return _type(shape.get("schema", {})) if media == "application/json" else media


def kinds() -> list[dict]:
    """[{"name", "text", "fields": [{"name", "type", "required", "text"}]}] for every shape in the document."""
    shapes = document()["components"]["schemas"]
    return [{
        "name": name,
        "fields": [{"name": field, "type": _type(facts), "required": field in shape.get("required", ()),
                    "text": gettext(facts["description"]) if facts.get("description") else ""}
                   for field, facts in shape.get("properties", {}).items()],
        "values": shape.get("enum", ()),
    } for name, shape in shapes.items()]


def _type(schema: dict) -> str:
    """A schema in a few letters: a shape's name, a list of them, or a JSON type."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return " | ".join(_type(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    kind = schema.get("type", "any")
    return "any" if kind == "any" else schema.get("format", kind)
