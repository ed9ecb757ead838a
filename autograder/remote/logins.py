"""The tokens that this machine was given by class servers: in a file that its owner alone reads."""

import json
from pathlib import Path

from platformdirs import user_config_path

from course.errors import UsageError
from course.files import write_whole


def place() -> Path:
    """Return where the tokens are kept."""
    return user_config_path("under8k", appauthor=False) / "tokens.json"


def read() -> dict[str, str]:
    """Return every token, by the address of its server."""
    try:
        found = json.loads(place().read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(
            f"expected tokens in {place()}, found another file; remove it and log in again"
        )
    return {str(address): str(token) for address, token in found.items()}


def keep(address: str, token: str | None) -> None:
    """Keep a server's token; None: forget it."""
    kept = {**read(), address: token}
    content = json.dumps({name: one for name, one in kept.items() if one is not None}, indent=1)
    write_whole(place(), content.encode(), mode=0o600)


def token_for(address: str) -> str:
    """Return the token of a server, or say how to get one."""
    token = read().get(address)
    if token is None:
        raise UsageError(
            f"expected to be logged in at {address}, found no token; "
            "autograde login INVITATION, with the link that your instructor sent"
        )
    return token
