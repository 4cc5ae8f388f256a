"""Signing in: one door for pages and admin, that opens only so often."""

from django.contrib.auth.views import LoginView
from django.utils.translation import gettext as _

from simulator.web.errors import answer
from simulator.web.throttling import asker, wait_s
from simulator.web.who import who_of


class SignIn(LoginView):
    """Template: login.html with `form` and `next`."""

    template_name = "login.html"
    redirect_authenticated_user = False

    def post(self, request, *args, **kwargs):
        """Try; passwords are not to be guessed by trying many."""
        wait = wait_s("login", who_of(request), asker(request))
        if wait:
            page = answer(request, 429, _("Too many requests: try again in {seconds} s.").format(seconds=wait))
            page["Retry-After"] = str(wait)
            return page
        return super().post(request, *args, **kwargs)
