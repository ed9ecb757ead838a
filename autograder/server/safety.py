"""What every request passes and every answer carries, whatever a route does.

request ─▶ its host? ─▶ its origin, where it would change something? ─▶ route ─▶ policy headers
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder.server.desk import COOKIE, bearer

POLICY = "; ".join(
    [
        *("default-src 'self'", "img-src 'self' data:", "object-src 'none'", "base-uri 'none'"),
        *("form-action 'self'", "frame-ancestors 'none'"),
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAFE = ("GET", "HEAD", "OPTIONS")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Safety:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, address: str = "", hosts: Iterable[str] = ()) -> None:
        self.app, self.address = app, address
        named = urlsplit(address).netloc.lower()
        self.hosts = {*hosts, *LOOPBACK, named.rpartition(":")[0] or named, named} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answered[name] = value
                static = scope["path"].startswith("/static/")
                answered.setdefault("Cache-Control", "max-age=3600" if static else "no-store")
            await send(message)

        why = self.refused(scope["method"], headers)
        if why:
            await PlainTextResponse(why, 403 if "origin" in why else 400)(
                scope, receive, with_policy
            )
        else:
            await self.app(scope, receive, with_policy)

    def refused(self, method: str, headers: Headers) -> str:
        """Say why a request is not let through; "" where it is."""
        host = headers.get("host", "").lower()
        # A page elsewhere may let its own name mean this machine: then its browser sends that name.
        if host.rpartition(":")[0] not in self.hosts and host not in self.hosts:
            return "expected this server's own name in Host, found another"
        if method in SAFE or bearer(headers) is not None:
            return ""  # nothing is changed, or the token was put there by no browser
        origin = headers.get("origin")
        if origin is not None:
            own = (f"http://{host}", f"https://{host}", self.address.lower())
            found = "expected an origin that is this server, found another"
            return "" if origin.lower() in own else found
        # A browser of today says where a request comes from; what is no browser has no cookie.
        site = headers.get("sec-fetch-site")
        if site in ("same-origin", "none") or f"{COOKIE}=" not in headers.get("cookie", ""):
            return ""
        return "expected an origin that is this server, found none"
