"""Who asks: the access rules' view of a request's or a socket's visitor."""

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from simulator.runs import service
from simulator.runs.access import Who

VISITOR = "visitor"
"""Where the session keeps the key under which its visitor makes things: signing in changes the session's own."""


def who_of(request) -> Who:
    """The asker of an HTTP request (Django's or DRF's)."""
    return made(request.user, request.session)


def made(user, session) -> Who:
    """The asker behind a user and a session; both may be empty."""
    return Who(user if user.is_authenticated else None, session.session_key or "", settings.DISTVIZ_OPEN)


def remembered(request) -> Who:
    """The asker, with a session to own what is made: in open mode a visitor gets one at the first look."""
    request.session.get(VISITOR)  # a key that was not given here, of another site on this host, falls away once it is read
    if settings.DISTVIZ_OPEN and not request.session.session_key:
        request.session.create()
        request.session[VISITOR] = request.session.session_key
    return who_of(request)


@receiver(user_logged_in)
def keep_what_the_visitor_made(sender, request, user, **more) -> None:
    """Signing in, on our page or the admin's, hands the visitor's things to the user."""
    session_key = request.session.pop(VISITOR, "")
    if session_key:
        service.adopt(session_key, user)
