"""What every page's view shares: allowed methods, slips as error pages, the time in a link."""

import logging
from functools import wraps
from math import isfinite

from django.db import OperationalError
from django.http import HttpRequest, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from simulator.runs import Forbidden, Mistake
from simulator.web.errors import answer

log = logging.getLogger(__name__)
S = 1_000_000_000


def page(*methods: str):
    """A view for these methods (HEAD with GET); the user's slip becomes an error page of one sentence."""
    allowed = {*methods, *(["HEAD"] if "GET" in methods else [])}

    def guard(view):
        @wraps(view)
        def guarded(request: HttpRequest, *arguments, **named):
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            try:
                return view(request, *arguments, **named)
            except Mistake as slip:
                return answer(request, slip.status, slip.say(_))
            except OperationalError as trouble:
                log.warning("the database did not answer: %s", trouble)
                return answer(request, 503)
            except Forbidden as no:
                return answer(request, 403, no.sentence.say(_))

        return guarded

    return guard


def start_ns(seconds: str | None, duration_ns: int) -> int | None:
    """`?t=4.21` in ns, within the Run; None where there is no such number."""
    try:
        at = float(seconds or "nan")
    except ValueError:
        return None
    return min(max(round(at * S), 0), duration_ns) if isfinite(at) else None
