"""Finds the texts for translation in the browser's modules, and visible text that nobody marked.

A small scanner, not a parser: it knows comments, strings, templates with ${...} in any depth,
and regular expressions well enough for this code.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.tools.texts_templates import VISIBLE_ATTRIBUTES, has_words

CALL = re.compile(r"(?<![\w$.])(tn?)\(\s*")
REGEX_MAY_FOLLOW = re.compile(r"(^|[(,=:\[!&|?{};+*%<>~^-]|\b(return|case|of|in|typeof))\s*$")


@dataclass
class Scanned:
    """code: the source with comments and the insides of literals blanked, same length.
    literals: start -> text of each plain string; templates: (start, text with each ${...} as \\0) of each html``."""

    code: list[str]
    literals: dict[int, str] = field(default_factory=dict)
    templates: list[tuple[int, str]] = field(default_factory=list)


def js_texts(path: Path) -> list[tuple[str, str | None, int]]:
    """(text, plural or None, line) of every t("...") and tn("...", "...")."""
    source = path.read_text(encoding="utf-8")
    scanned = scan(source)
    found = []
    for call in CALL.finditer("".join(scanned.code)):
        text = scanned.literals.get(call.end())
        if text is None:
            continue
        plural = None
        if call.group(1) == "tn":
            later = min((start for start in scanned.literals if start > call.end()), default=None)
            plural = scanned.literals.get(later)
        found.append((text, plural, _line(source, call.start())))
    return found


def calls_without_literal(path: Path) -> list[int]:
    """Lines where t(...) gets something that the catalogue cannot find."""
    source = path.read_text(encoding="utf-8")
    scanned = scan(source)
    code = "".join(scanned.code)
    return [_line(source, call.start()) for call in CALL.finditer(code)
            if call.end() not in scanned.literals and not code[:call.start()].rstrip().endswith("function")]


def bare_js_texts(path: Path) -> list[str]:
    """Visible words written straight into html`...`, with the line of each."""
    source = path.read_text(encoding="utf-8")
    found = []
    for start, template in scan(source).templates:
        for words in _visible(template):
            found.append(f"line {_line(source, start)}: {words!r}")
    return found


def _visible(template: str) -> list[str]:
    found = []
    for tag in re.findall(r"<[^<>]*>", template):
        for name, value in re.findall(r"""([\w-]+)=["']([^"']*)["']""", tag):
            if name in VISIBLE_ATTRIBUTES and has_words(value):
                found.append(f"{name}={value}")
    outside = re.sub(r"<(code|kbd)\b[^<>]*>[^<]*</\1>", " ", template)
    return found + [text.strip() for text in re.sub(r"<[^<>]*>", "\n", outside).split("\n") if has_words(text)]


def _line(source: str, place: int) -> int:
    return source.count("\n", 0, place) + 1


def scan(source: str) -> Scanned:
    """The source taken apart."""
    scanned = Scanned(list(source))
    _code(source, 0, scanned, "")
    return scanned


def _blank(scanned: Scanned, start: int, end: int) -> None:
    for i in range(start, end):
        if scanned.code[i] != "\n":
            scanned.code[i] = " "


def _code(source: str, i: int, scanned: Scanned, closer: str) -> int:
    """Reads code from i until `closer` ("}" of a ${...}) or the end; the place after it."""
    depth = 0
    while i < len(source):
        char, pair = source[i], source[i:i + 2]
        start = i
        if pair in ("//", "/*"):
            i = _comment(source, i)
            _blank(scanned, start, i)
            continue
        if char in "\"'":
            i = _string(source, i, scanned)
        elif char == "`":
            i = _template(source, i, scanned, html=re.search(r"(?<![\w$.])html$", source[max(0, i - 6):i]) is not None)
        elif char == "/" and REGEX_MAY_FOLLOW.search(source, max(0, i - 40), i):
            i = _regex(source, i)
            _blank(scanned, start, i)
        elif char == closer and depth == 0:
            return i + 1
        else:
            depth += (char == "{") - (char == "}")
            i += 1
    return i


def _comment(source: str, i: int) -> int:
    if source.startswith("//", i):
        end = source.find("\n", i)
        return len(source) if end < 0 else end
    return source.index("*/", i) + 2


def _string(source: str, i: int, scanned: Scanned) -> int:
    end = i + 1
    while source[end] != source[i]:
        end += 2 if source[end] == "\\" else 1
    scanned.literals[i] = _unescaped(source[i + 1:end], source[i])
    _blank(scanned, i + 1, end)
    return end + 1


def _unescaped(inside: str, quote: str) -> str:
    if quote == "'":
        inside = inside.replace("\\'", "'").replace('"', '\\"')
    return json.loads(f'"{inside}"')


def _regex(source: str, i: int) -> int:
    bracket = False
    i += 1
    while source[i] != "/" or bracket:
        bracket = (bracket or source[i] == "[") and source[i] != "]"
        i += 2 if source[i] == "\\" else 1
    return i + 1


def _template(source: str, i: int, scanned: Scanned, html: bool) -> int:
    start, text = i, []
    i += 1
    while source[i] != "`":
        if source.startswith("${", i):
            i = _code(source, i + 2, scanned, "}")
            text.append("\0")
            continue
        step = 2 if source[i] == "\\" else 1
        text.append(source[i:i + step])
        _blank(scanned, i, i + step)
        i += step
    if html:
        scanned.templates.append((start, "".join(text)))
    elif "\0" not in text:
        scanned.literals[start] = "".join(text)
    return i + 1
