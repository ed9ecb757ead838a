"""What options are where nobody gives them: settings that a user keeps in one TOML file.

    handle = "ada"
    assignment = "under-15k"

What is typed comes first, then the environment variable, then this file, then what is built in.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from autograder.assignment import load
from autograder.assignment import place as place_in
from autograder.job import ACCEPTS
from course.errors import UsageError
from course.files import write_whole
from course.validators import Unfit, Validator, accept


class SettingsError(UsageError):
    """A sentence about a setting: its file and line, what was expected and found."""


@dataclass(frozen=True)
class Setting:
    """One setting: the environment variable that goes before it, and what it may be."""

    variable: str
    accepts: Validator[object]
    built_in: str


def is_text(value: object, most: int = 1_000) -> bool:
    """Return whether a value can be shown on a line."""
    return type(value) is str and value.isprintable() and bool(value.strip()) and len(value) <= most


def is_address(value: object) -> bool:
    """Return whether a value is the address of a server."""
    return is_text(value) and re.fullmatch(r"https?://[^\s/]+(/.*)?", str(value)) is not None


SETTINGS = {
    "handle": Setting(
        "AUTOGRADE_HANDLE",
        accept("a name of at most 40 letters", lambda value: is_text(value, 40)),
        "your login",
    ),
    "assignment": Setting(
        "AUTOGRADE_ASSIGNMENT", accept("an assignment or a TOML file", is_text), "under-8k"
    ),
    "device": Setting("AUTOGRADE_DEVICE", ACCEPTS["device"], "auto"),
    "server": Setting(
        "AUTOGRADE_SERVER", accept("an address such as https://class.example", is_address), "none"
    ),
}


def place() -> Path:
    """Return where the file of settings lies, or would."""
    return user_config_path("under8k", appauthor=False) / "settings.toml"


def expect_known(name: str) -> Setting:
    """Return the setting of this name, or say which there are."""
    if name not in SETTINGS:
        near = difflib.get_close_matches(name, SETTINGS, n=1, cutoff=0.5)
        guess = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"expected one of {', '.join(SETTINGS)}, found {name!r}{guess}")
    return SETTINGS[name]


def accepted(name: str, value: object) -> str:
    """Return a value as it is kept, or say what was expected."""
    try:
        fitting = str(expect_known(name).accepts(value))
    except Unfit as unfit:
        raise SettingsError(f"{name}: {unfit}") from None
    if name == "assignment":
        load(fitting)
        # A file's whole path: what is set in one folder holds in every other.
        return str(Path(fitting).resolve()) if fitting.endswith(".toml") else fitting
    return fitting


class Settings:
    """The file of settings, as it was when it was read."""

    def __init__(self) -> None:
        self.path = place()
        try:
            self.content = self.path.read_text("utf-8")
            self.found = tomllib.loads(self.content)
        except FileNotFoundError:
            self.content, self.found = "", {}
        except UnicodeDecodeError:
            raise SettingsError(f"{self.path}: expected UTF-8 text, found other bytes") from None
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{self.path}: expected TOML, found an error: {error}") from None
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be read: {error.strerror}") from None
        for name in self.found:
            with self.named(name):
                expect_known(name)

    @contextmanager
    def named(self, name: str) -> Iterator[None]:
        """Let an error about a setting name its file and line."""
        try:
            yield
        except UsageError as error:
            at = place_in(str(self.path), self.content, name)
            raise SettingsError(f"{at}: {error}") from None

    def get(self, name: str) -> str | None:
        """Return a setting, if the file has it."""
        if name not in self.found:
            return None
        with self.named(name):
            return accepted(name, self.found[name])

    def set(self, name: str, value: str) -> str:
        """Write a setting, in place of the one that was there; return it as it is kept."""
        fitting = accepted(name, value)
        # JSON's texts are TOML's too, where nothing but letters is in them.
        self.write(name, f"{name} = {json.dumps(fitting, ensure_ascii=False)}")
        return fitting

    def unset(self, name: str) -> None:
        """Remove a setting."""
        expect_known(name)
        self.write(name, None)

    def write(self, name: str, line: str | None) -> None:
        """Put a line where the setting's stands, or at the end; all others stay as they are."""
        lines = self.content.splitlines()
        there = re.compile(rf"""\s*["']?{name}["']?\s*=""")
        kept = [one for one in lines if not there.match(one)]
        place = next((n for n, one in enumerate(lines) if there.match(one)), len(kept))
        kept[place:place] = [line] if line is not None else []
        write_whole(self.path, "".join(f"{one}\n" for one in kept).encode())


def origin(name: str, settings: Settings) -> tuple[str, str]:
    """Return the value that an option has where it is not given, and where that comes from."""
    setting = SETTINGS[name]
    if variable := os.environ.get(setting.variable):
        return variable, setting.variable
    if (kept := settings.get(name)) is not None:
        return kept, "settings"
    return setting.built_in, "built in"
