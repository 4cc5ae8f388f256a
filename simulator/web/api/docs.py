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

NOUNS = ("systems", "scenarios", "runs", "comparisons", "hunts", "experiments", "recordings", "schema", "docs")
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
    """[{"noun", "operations": [OPERATION]}], an OPERATION as `_operation` makes it."""
    found = {}
    for path, operations in document()["paths"].items():
        noun = path.removeprefix(reverse("api")).split("/")[0] or "api"
        for method in METHODS:
            if method in operations:
                found.setdefault(noun, []).append(_operation(path, method, operations[method]))
    return [{"noun": noun, "operations": rows} for noun, rows in found.items()]


def _operation(path: str, method: str, facts: dict) -> dict:
    """{"method", "path", "summary", "parameters": [FIELD], "media", "body": TYPE, "fields": [FIELD], "answers", "errors"}."""
    media, body = next(iter(facts.get("requestBody", {}).get("content", {}).items()), ("", {}))
    kind = _type(body.get("schema", {})) if media else None
    answers = [{"status": status, **_answer(said)} for status, said in sorted(facts["responses"].items())]
    return {
        "method": method.upper(), "path": path, "summary": gettext(facts.get("summary", "")).replace("`", ""),
        "parameters": [_field(one["name"], one.get("schema", {}), one.get("required", False), one.get("description", ""))
                       for one in facts.get("parameters", ())],
        "media": media, "body": kind, "fields": _fields(_shape(kind["shape"])) if kind and kind["shape"] else [],
        "answers": [answer for answer in answers if answer["status"] < "400"],
        "errors": [answer["status"] for answer in answers if answer["status"] >= "400"],
    }


def _answer(said: dict) -> dict:
    media, shape = next(iter(said.get("content", {}).items()), ("", {}))
    return _type(shape.get("schema", {})) if media == "application/json" else {"text": media, "shape": ""}


def kinds() -> list[dict]:
    """[{"name", "fields": [FIELD], "values": of an enumeration}] for every shape in the document."""
    return [{"name": name, "fields": _fields(shape), "values": shape.get("enum", ())}
            for name, shape in document()["components"]["schemas"].items()]


def _shape(name: str) -> dict:
    return document()["components"]["schemas"][name]


def _fields(shape: dict) -> list[dict]:
    """[FIELD] of a shape."""
    return [_field(name, facts, name in shape.get("required", ()), facts.get("description", ""))
            for name, facts in shape.get("properties", {}).items()]


def _field(name: str, schema: dict, required: bool, text: str) -> dict:
    """FIELD: {"name", "type": TYPE, "required", "about"}."""
    return {"name": name, "type": _type(schema), "required": required, "about": gettext(text) if text else ""}


def _type(schema: dict) -> dict:
    """TYPE: {"text": a schema in a few letters, "shape": the name of the shape it speaks of, or ""}."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return {"text": name, "shape": name}
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            inner = [_type(one) for one in schema[several]]
            return {"text": " | ".join(one["text"] for one in inner), "shape": inner[0]["shape"]}
    if schema.get("type") == "array":
        inner = _type(schema.get("items", {}))
        return {"text": f"[{inner['text']}]", "shape": inner["shape"]}
    return {"text": schema.get("format") or schema.get("type", "any"), "shape": ""}
