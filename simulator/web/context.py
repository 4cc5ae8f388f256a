"""What every page knows about its visitor."""

from django.http import HttpRequest

from simulator.web.who import who_of


def site(request: HttpRequest) -> dict:
    """Context processor: {"site": {"open_mode", "may_create", "signed_in", "name", "staff"}}.

    A request that was refused before it had a session (a host that is not ours, say) has a stranger's page.
    """
    return {"site": describe(request) if hasattr(request, "user") else STRANGER}


def describe(request: HttpRequest) -> dict:
    """The visitor as JSON, for templates and for `page_data.who`."""
    who = who_of(request)
    user = request.user
    return {
        "open_mode": who.open_mode, "may_create": who.may_create, "signed_in": user.is_authenticated,
        "name": user.get_username() if user.is_authenticated else "", "staff": user.is_staff,
    }


STRANGER = {"open_mode": False, "may_create": False, "signed_in": False, "name": "", "staff": False}
"""The visitor as a page sees them when nothing can be asked of the database."""
