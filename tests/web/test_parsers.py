"""Bodies are JSON that every database can store."""

import pytest
from rest_framework.exceptions import ParseError

from simulator.web.api.parsers import parse


@pytest.mark.parametrize("body", [
    b"{", b"", b"nonsense", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1e999}', b"\xff\xfe{}",
    b'{"a": "\\u0000"}', b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b"[" * 100_000, b"[" * 150 + b"]" * 150,
    b'{"a": ' + b"9" * 5000 + b"}", b"[1,]", b"{'a': 1}", b'{"a": 1} x',
])
def test_what_is_not_storable_json_is_one_sentence(body):
    with pytest.raises(ParseError) as caught:
        parse(body)
    assert str(caught.value.detail).endswith(".")


@pytest.mark.parametrize("body, value", [
    (b"null", None), (b"{}", {}), (b'{"a": [1, 2.5, "\\u4e2d\\ud83d\\ude00"]}', {"a": [1, 2.5, "中😀"]}),
    (b'"\\\\u0000"', "\\u0000"), (b"true", True), (b"1e300", 1e300),
])
def test_json_is_read(body, value):
    assert parse(body) == value
