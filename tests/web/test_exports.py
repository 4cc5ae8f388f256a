"""Exports stream: chunks under ASGI as under WSGI, never the whole in memory."""

import asyncio
import json

import pytest
from django.test import AsyncClient

from simulator.runs import Mistake, service
from simulator.runs.models import State
from simulator.web.api.exports import ROWS_A_CHUNK, as_csv, as_json
from tests.web.conftest import who_of

ROWS = [{"at_ns": number, "text": 'a "quoted", one' if number == 3 else None} for number in range(3 * ROWS_A_CHUNK)]


def test_csv_comes_in_chunks_and_quotes_what_must_be_quoted():
    chunks = list(as_csv(ROWS[:1], iter(ROWS[1:])))
    assert len(chunks) == 4
    lines = "".join(chunks).splitlines()
    assert lines[0] == "at_ns,text" and lines[1] == "0," and lines[4] == '3,"a ""quoted"", one"' and len(lines) == len(ROWS) + 1


def test_json_comes_in_chunks():
    chunks = list(as_json(ROWS[:1], iter(ROWS[1:])))
    assert len(chunks) == 5 and json.loads("".join(chunks)) == ROWS
    assert json.loads("".join(as_json([], iter(())))) == []


def test_rows_are_not_taken_before_they_are_asked_for():
    taken = []

    def rows():
        for number in range(10 * ROWS_A_CHUNK):
            taken.append(number)
            yield {"n": number}

    source = rows()
    texts = as_csv([next(source)], source)
    next(texts)
    next(texts)
    assert len(taken) <= ROWS_A_CHUNK + 1


@pytest.mark.django_db(transaction=True)
def test_under_asgi_the_chunks_arrive_one_by_one(visitor, run_of, monkeypatch):
    run = run_of(who_of(visitor), 1, State.DONE)
    monkeypatch.setattr(service, "export_series", lambda run: iter(ROWS))

    async def whole():
        client = AsyncClient()
        client.cookies = visitor.cookies
        answer = await client.get(f"/api/runs/{run.pk}/series.csv")
        assert answer.is_async and answer["Content-Type"] == "text/csv; charset=utf-8"
        return [chunk async for chunk in answer]

    assert len(asyncio.run(whole())) == 4


@pytest.mark.django_db
def test_what_cannot_be_exported_is_an_error_not_half_a_file(visitor, run_of, monkeypatch):
    run = run_of(who_of(visitor))

    def refused(run):
        raise Mistake("run", "This run has no series.", status=409)
        yield

    monkeypatch.setattr(service, "export_series", refused)
    answer = visitor.get(f"/api/runs/{run.pk}/series.csv")
    assert answer.status_code == 409 and answer.json()["field"] == "run"
