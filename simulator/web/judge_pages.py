"""The page that judges histories of other people's systems.

judge.html              GET /judge/
    page_data   {"who", "socket", "urls": {..., "judge"}, "bytes_at_most": int}
    The file stays in the browser: it is posted to `judge` (multipart: file), nothing is kept.
"""

from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from simulator.web.bodies import JUDGED_BYTES
from simulator.web.page import page
from simulator.web.pages import data_of
from simulator.web.who import remembered


@page("GET")
def judge(request: HttpRequest):
    """Drop a history, see which models hold."""
    remembered(request)
    data = data_of(request, bytes_at_most=JUDGED_BYTES)
    data["urls"]["judge"] = reverse("api-judge")
    return render(request, "judge.html", {"page_data": data})
