"""Who asks: the access rules' view of a request's or a socket's visitor."""

from django.conf import settings

from simulator.runs.access import Who


def who_of(request) -> Who:
    """The asker of an HTTP request (Django's or DRF's)."""
    return made(request.user, request.session)


def made(user, session) -> Who:
    """The asker behind a user and a session; both may be empty."""
    return Who(user if user.is_authenticated else None, session.session_key or "", settings.DISTVIZ_OPEN)


def remembered(request) -> Who:
    """The asker, with a session to own what is made: in open mode a visitor gets one at the first look."""
    if settings.DISTVIZ_OPEN and not request.session.session_key:
        request.session.create()
        request.session.modified = True
    return who_of(request)
