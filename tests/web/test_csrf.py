"""Changes need the CSRF token, from visitors too: in open mode they own what they make."""

import json

import pytest

from tests.web.conftest import DOCUMENT

pytestmark = pytest.mark.django_db


def test_a_change_without_the_token_is_refused(client_of, person):
    for user in (None, person()):
        client = client_of(user, csrf=True)
        answer = client.post("/api/runs/", json.dumps({"document": DOCUMENT}), content_type="application/json")
        assert answer.status_code == 403 and answer.json()["error"]


def test_a_change_with_the_token_of_the_page_is_done(client_of, person):
    for user in (None, person()):
        client = client_of(user, csrf=True)
        client.get("/")
        token = client.cookies["csrftoken"].value
        answer = client.post("/api/runs/", json.dumps({"document": DOCUMENT}), content_type="application/json",
                             headers={"X-CSRFToken": token})
        assert answer.status_code == 201, answer.content


def test_forms_without_the_token_get_a_page_of_one_sentence(client_of):
    answer = client_of(csrf=True).post("/accounts/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403 and b"reload it" in answer.content


def test_a_token_from_elsewhere_does_not_help(client_of):
    client = client_of(csrf=True)
    client.get("/")
    token = client.cookies["csrftoken"].value
    answer = client.post("/api/runs/", "{}", content_type="application/json",
                         headers={"X-CSRFToken": token, "Origin": "http://evil.example"})
    assert answer.status_code == 403
