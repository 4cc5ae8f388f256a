"""Finds the texts for translation in Django templates, and visible text that nobody marked."""

import re
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

VISIBLE_ATTRIBUTES = {"alt", "title", "aria-label", "aria-description", "placeholder", "content", "label", "summary"}
SILENT = {"script", "style", "code", "kbd"}
NAMES = {"distviz", "english", "en", "中文", "简体中文"}
"""Words that are the same in every language: our name, and the languages as they call themselves."""
ATTRIBUTE_BLOCKS = {"page", "body_class", "skip_to"}
"""Blocks that stand inside a tag of base.html, where nothing is visible text."""


def template_texts(path: Path) -> list[tuple[str, str | None, int]]:
    """(text, plural or None, line) of every translate, trans and blocktranslate."""
    tokens = iter(Lexer(path.read_text(encoding="utf-8")).tokenize())
    found = []
    for token in tokens:
        words = token.split_contents() if token.token_type == TokenType.BLOCK else [""]
        if words[0] in ("translate", "trans") and words[1][0] in "\"'":
            found.append((words[1][1:-1].replace("%", "%%"), None, token.lineno))
        if words[0] in ("blocktranslate", "blocktrans"):
            found.append((*_block(tokens, "trimmed" in words), token.lineno))
    return found


def _block(tokens, trimmed: bool) -> tuple[str, str | None]:
    parts, plural = [""], False
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            if token.contents.startswith("end"):
                break
            plural = token.contents.strip() == "plural"
            parts.append("")
        elif token.token_type == TokenType.VAR:
            parts[-1] += f"%({token.contents})s"
        elif token.token_type == TokenType.TEXT:
            parts[-1] += token.contents.replace("%", "%%")
    if trimmed:
        parts = [" ".join(line.strip() for line in part.strip().splitlines() if line.strip()) for part in parts]
    return parts[0], parts[1] if plural else None


def bare_texts(path: Path) -> list[str]:
    """Visible words in a template outside every translation tag, with the line of each."""
    html, inside = [], False
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if token.token_type == TokenType.BLOCK:
            inside = _inside(token.contents, inside)
            html.append("\n" * token.contents.count("\n"))
        elif token.token_type == TokenType.TEXT:
            html.append(re.sub(r"[^\n]", "", token.contents) if inside else token.contents)
    reader = _Reader()
    reader.feed("".join(html))
    return reader.found


def _inside(contents: str, inside: bool) -> bool:
    """Whether text after this tag is inside blocktranslate, a comment or a tag."""
    name, *rest = contents.split()
    if name in ("blocktranslate", "blocktrans", "comment") or (name == "block" and rest[0] in ATTRIBUTE_BLOCKS):
        return True
    return inside and name not in ("endblocktranslate", "endblocktrans", "endcomment", "endblock")


def has_words(text: str) -> bool:
    """True where a person would read a word: two letters in a row that are no name."""
    return any(word.lower() not in NAMES for word in re.findall(r"[^\W\d_]{2,}", text))


class _Reader(HTMLParser):
    """Collects text and visible attributes that hold words."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.silent = [], 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in SILENT
        named = dict(attributes)
        for name, value in attributes:
            if name == "content" and "description" not in (named.get("name") or ""):
                continue
            if name in VISIBLE_ATTRIBUTES and value and has_words(value):
                self.found.append(f"line {self.getpos()[0]}: {name}={value!r}")

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT

    def handle_data(self, data):
        if not self.silent and has_words(data):
            self.found.append(f"line {self.getpos()[0]}: {data.strip()!r}")
