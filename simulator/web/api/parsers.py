"""How bodies are read: JSON that every database can store, and nothing that brings the server down."""

import json
import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class StrictJSON(BaseParser):
    """JSON in UTF-8 without NaN, Infinity, NUL characters or halves of characters; at most 100 levels deep."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        """The value; ParseError with one sentence otherwise."""
        return parse(stream.read())


def parse(body: bytes | str):
    """`body` as a JSON value; ParseError with one sentence otherwise."""
    try:
        value = json.loads(body, parse_constant=_refuse)
        if _storable(value):
            return value
    except UnicodeDecodeError:
        raise ParseError(_("The body is not UTF-8.")) from None
    except json.JSONDecodeError as error:
        raise ParseError(_("The body is not JSON: line {line}, column {column}.").format(
            line=error.lineno, column=error.colno)) from None
    except RecursionError:
        raise ParseError(_("The body is nested too deeply.")) from None
    except ValueError:  # NaN, Infinity, or a number of thousands of digits
        raise ParseError(_("The body holds a number that JSON does not have.")) from None
    raise ParseError(_("The body holds text with NUL characters or halves of characters."))


def _refuse(name: str):
    raise ValueError(name)


DEPTH_AT_MOST = 100
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _storable(value, depth: int = 0) -> bool:
    if depth > DEPTH_AT_MOST:
        raise RecursionError
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    if isinstance(value, dict):
        return all(_storable(key, depth) and _storable(inner, depth + 1) for key, inner in value.items())
    if isinstance(value, list):
        return all(_storable(inner, depth + 1) for inner in value)
    return value not in (float("inf"), float("-inf"))
