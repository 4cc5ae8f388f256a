"""The OpenAPI document: what all operations share, said once."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema

from simulator.web.api import shapes

MEANINGS = {
    400: "Something in the request is wrong; `field` names it.",
    403: "Not yours to do, or the CSRF token is missing.",
    404: "Not there, or not yours to see.",
    409: "Its state does not allow it.",
    413: "Larger than your budget.",
    415: "Not a content type that is read here.",
    429: "Too often, or more than your budget.",
    503: "A service that this needs is not answering.",
}
BINARY = OpenApiTypes.BINARY


class SessionScheme(OpenApiAuthenticationExtension):
    """The session cookie, as OpenAPI writes it."""

    target_class = "simulator.web.api.base.Session"
    name = "session"

    def get_security_definition(self, auto_schema):
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def operation(summary: str, answer=None, *errors: int, status: int = 200, body=None, media: str = "", **more):
    """Document one operation: what it does, its answer, its body, and its errors beside 403, 404, 429 and 503."""
    wrong = {code: OpenApiResponse(shapes.Error, MEANINGS[code]) for code in sorted({403, 404, 429, 503, *errors})}
    key = (status, media) if media else status
    request = {"multipart/form-data": body} if body in (shapes.NewRecording, shapes.PreviewRecording) else body
    document = extend_schema(summary=summary, request=request, responses={key: answer, **wrong}, **more)

    def described(method):
        method.__doc__ = summary
        return document(method)

    return described
