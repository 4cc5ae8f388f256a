"""The language of a socket's visitor, as LocaleMiddleware would find it for a page."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


def spoken(scope: dict) -> str:
    """The language chosen with the cookie, else the first that the browser accepts and we have, else the default."""
    headers = dict(scope["headers"])
    wanted = [scope.get("cookies", {}).get(settings.LANGUAGE_COOKIE_NAME, "")]
    wanted += [code for code, _weight in parse_accept_lang_header(headers.get(b"accept-language", b"").decode("latin1"))]
    for code in wanted:
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
