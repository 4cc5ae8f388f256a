"""Reads EDN (github.com/edn-format/edn) as JSON values: keywords and symbols become texts, sets become lists.

A tag (`#inst "..."`, Jepsen's `#jepsen.history.Op{...}`) is left out, what it is put on stays. Nothing is evaluated.
"""

import json
import re
from collections.abc import Iterator
from math import isfinite

from simulator.engine.words import N_
from simulator.judges.consistency.malformed import Malformed

DEEP_AT_MOST = 60
BLANK = re.compile(r"(?:[\s,]|;[^\n]*)*")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,;"()\[\]{}]+', re.DOTALL)
NUMBER = re.compile(r"([+-]?\d+)N?$|([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)M?$|([+-]?\d+)/(\d+)$")
CLOSING = {"[": "]", "(": ")", "{": "}"}
CONSTANTS = {"nil": None, "true": True, "false": False}
DIGITS_AT_MOST = 400


class Nothing:
    """What `#_` leaves."""


def values(text: str) -> Iterator[tuple[int, object]]:
    """(line, value) of each value in `text`, or in the one vector that it is; Malformed where it is not EDN."""
    reader = _Reader(text)
    listed = not reader.at_end() and text[reader.at] == "["
    reader.at += listed
    while not reader.at_end():
        line = reader.line()
        if listed and text[reader.at] == "]":
            reader.at += 1
            listed = False
            continue
        value = reader.value(0)
        if value is not Nothing:
            yield line, value
    if listed:
        raise Malformed(N_("Line {line}: {closing} is missing at the end."), line=reader.line(), closing="]")


class _Reader:
    def __init__(self, text: str):
        self.text, self.at, self._counted, self._line = text, 0, 0, 1

    def line(self) -> int:
        """The line of the place that is read next."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def at_end(self) -> bool:
        """Whether only blanks are left; skips them."""
        self.at = BLANK.match(self.text, self.at).end()
        return self.at == len(self.text)

    def value(self, depth: int):
        """The next value; Nothing where it was discarded."""
        if depth > DEEP_AT_MOST:
            raise Malformed(N_("Line {line}: this is nested too deeply."), line=self.line())
        if self.at_end():
            raise Malformed(N_("Line {line}: the text ends in the middle of a value."), line=self.line())
        letter = self.text[self.at]
        if letter in CLOSING:
            self.at += 1
            inner = self._until(CLOSING[letter], depth)
            return self._map(inner) if letter == "{" else inner
        if letter == "#":
            return self._dispatched(depth)
        token = TOKEN.match(self.text, self.at)
        if token is None:
            raise Malformed(N_("Line {line}: {found} has no place here."), line=self.line(), found=letter)
        self.at = token.end()
        return self._atom(token[0])

    def _until(self, closing: str, depth: int) -> list:
        found = []
        while True:
            if self.at_end():
                raise Malformed(N_("Line {line}: {closing} is missing at the end."), line=self.line(), closing=closing)
            if self.text[self.at] == closing:
                self.at += 1
                return found
            value = self.value(depth + 1)
            if value is not Nothing:
                found.append(value)

    def _map(self, inner: list) -> dict:
        if len(inner) % 2:
            raise Malformed(N_("Line {line}: a map has a key without a value."), line=self.line())
        return {key if isinstance(key, str) else json.dumps(key): value for key, value in zip(inner[::2], inner[1::2], strict=True)}

    def _dispatched(self, depth: int):
        if self.text.startswith("#{", self.at):
            self.at += 2
            return self._until("}", depth)
        if self.text.startswith("##", self.at):
            raise Malformed(N_("Line {line}: {found} is no number that JSON has."), line=self.line(), found=self.text[self.at:self.at + 6].split("}")[0])
        if self.text.startswith("#_", self.at):
            self.at += 2
            self.value(depth + 1)
            return Nothing
        self.at += 1
        tag = TOKEN.match(self.text, self.at)
        self.at = tag.end() if tag else self.at
        return self.value(depth + 1)

    def _float(self, digits: str) -> float:
        value = float(digits)
        if not isfinite(value):
            raise Malformed(N_("Line {line}: {found} is no number that JSON has."), line=self.line(), found=digits[:60])
        return value

    def _atom(self, token: str):
        if token[0] == '"':
            try:
                return json.loads(token.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r"))
            except json.JSONDecodeError:
                raise Malformed(N_("Line {line}: this text has an escape that is none."), line=self.line()) from None
        if token in CONSTANTS:
            return CONSTANTS[token]
        number = NUMBER.match(token) if len(token) < DIGITS_AT_MOST else None
        if number:
            return int(number[1]) if number[1] else self._float(number[2]) if number[2] else token
        if token[0] == "\\":
            return token[1:]
        return token[1:] if token[0] == ":" else token
