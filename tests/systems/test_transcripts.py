"""Protocols tested by reading: transcripts of runs, replayed and compared. tests/tools/transcripts.py says how they are written."""

import pytest

from tests.tools.transcripts import FOLDER, files, replay


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(FOLDER)))
def test_what_happened_then_happens_now(file, request):
    """With --record-transcripts what happens now is written down instead."""
    text = file.read_text(encoding="utf-8")
    anew = replay(text, file.parent.name)
    if request.config.getoption("--record-transcripts"):
        file.write_text(anew, encoding="utf-8")
    else:
        assert anew.splitlines() == text.splitlines()
