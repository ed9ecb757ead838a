"""Which jail this machine has: its name, what may be required of it, a lock that fails."""

import re
import sys

import pytest

from autograder.jail import strength as strength_module
from autograder.jail.parent import Jailed, JailError
from autograder.jail.strength import Strength, require, strength

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's locks")


def test_strength_names_what_holds() -> None:
    assert re.fullmatch(r"(landlock\d+\+)?(seccomp\+)?rlimits( only)?", strength().name)


@pytest.mark.parametrize(
    ("holding", "name"),
    [
        ((), "none"),
        (("rlimits",), "rlimits only"),
        (("rlimits", "landlock7", "seccomp"), "landlock7+seccomp+rlimits"),
        (("rlimits", "seccomp"), "seccomp+rlimits"),
    ],
)
def test_names(holding: tuple[str, ...], name: str) -> None:
    assert strength_module.name_of(holding) == name


def weaker(monkeypatch: pytest.MonkeyPatch, *holding: str) -> None:
    here = Strength(holding, ("landlock (no such call): use Linux 5.13",))
    monkeypatch.setattr(strength_module, "strength", lambda: here)


def test_require(monkeypatch: pytest.MonkeyPatch) -> None:
    weaker(monkeypatch, "rlimits", "landlock3", "seccomp")
    require("landlock+seccomp+rlimits")
    require("landlock3")
    require("rlimits only")
    require("none")
    require()
    with pytest.raises(JailError, match=r"landlock3.*landlock4 is required.*use Linux 5.13"):
        require("landlock4")
    monkeypatch.setenv("AUTOGRADE_JAIL", "landlock5")
    with pytest.raises(JailError, match="landlock5 is required"):
        Jailed("jail_probes")
    with pytest.raises(JailError, match="is named like"):
        require("bubblewrap")
    weaker(monkeypatch, "rlimits")
    with pytest.raises(JailError, match="the jail here is rlimits only"):
        require("seccomp")


def test_a_lock_that_fails_stops_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    weaker(monkeypatch, "rlimits", "landlock99")  # as if this kernel had said so
    with Jailed("jail_bombs") as child:
        child.send(b"print_bomb")
        outcome = child.wait()
    assert (outcome.status, outcome.code, outcome.ready) == ("died", 70, False)
    assert (outcome.jail, outcome.result) == ("", b"")
    assert "could not be locked" in outcome.output
