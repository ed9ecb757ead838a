"""Settings: one file, kept whole, read as what options are where nobody gives them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli import app
from autograder.commands.defaults import SETTINGS, place

EASY = (
    'name = "easy"\n[network]\nfewer_parameters_than = 2000\n[recipe]\nmost_epochs = 2\n'
    "[accuracy]\npercent = 15\nin_each_of_last_epochs = 1\n"
)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    for setting in SETTINGS.values():
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "easy.toml").write_text(EASY)


def autograde(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def write(text: str) -> None:
    place().parent.mkdir(parents=True)
    place().write_text(text)


def test_an_option_then_the_environment_then_settings_then_what_is_built_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rules(*words: str) -> str:
        return autograde("leaderboard", *words).stderr.split()[3]

    assert rules() == "under-8k"
    assert autograde("config", "assignment", "under-15k").exit_code == 0
    assert rules() == "under-15k"
    monkeypatch.setenv("AUTOGRADE_ASSIGNMENT", "under-20k")
    assert rules() == "under-20k"
    assert rules("-a", "easy.toml") == "easy"


def test_every_setting_becomes_its_options_default() -> None:
    write('handle = "ann"\nassignment = "under-15k"\ndevice = "cuda:1"\n')
    shown = autograde("submit", "--help").stdout
    for value in ("ann", "under-15k", "cuda:1"):
        assert f"[default: {value}]" in shown
    for variable in ("AUTOGRADE_HANDLE", "AUTOGRADE_ASSIGNMENT", "AUTOGRADE_DEVICE"):
        assert f"[env var: {variable}]" in shown


def test_settings_are_shown_with_where_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not there yet" in autograde("config").stdout
    autograde("config", "handle", "李明")
    monkeypatch.setenv("AUTOGRADE_DEVICE", "cpu")
    shown = [line.split() for line in autograde("config").stdout.splitlines()]
    assert shown[0] == ["settings:", str(place())]
    assert ["handle", "settings", "李明"] in shown
    assert ["device", "AUTOGRADE_DEVICE", "cpu"] in shown
    assert ["assignment", "built", "in", "under-8k"] in shown
    assert autograde("config", "handle").stdout == "李明\n"
    told = autograde("config", "--help").stdout
    assert [name for name in SETTINGS if SETTINGS[name].variable not in told] == []


def test_a_setting_is_written_and_forgotten_and_the_rest_stays() -> None:
    write('# mine\n"handle" = "ada"  # for now\ndevice = "cpu"\n')
    assert autograde("config", "handle", 'ann "the first" \\ 😀').exit_code == 0
    assert place().read_text() == (
        '# mine\nhandle = "ann \\"the first\\" \\\\ 😀"\ndevice = "cpu"\n'
    )
    assert autograde("config", "handle").stdout == 'ann "the first" \\ 😀\n'
    autograde("config", "--unset", "handle")
    autograde("config", "server", "https://class.example:8000")
    assert place().read_text() == '# mine\ndevice = "cpu"\nserver = "https://class.example:8000"\n'
    assert list(place().parent.iterdir()) == [place()]


def test_a_file_of_rules_is_kept_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert autograde("config", "assignment", "easy.toml").exit_code == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "nobody has passed easy" in autograde("leaderboard").stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("handles", "ann"), "found 'handles'; did you mean handle?"),
        (("handle", " "), "handle: expected a name of at most 40 letters, found ' '"),
        (("handle", "a" * 41), "handle: expected a name of at most 40 letters"),
        (("device", "gpu"), "device: expected auto, cpu or cuda, found 'gpu'"),
        (("assignment", "under-9k"), "Did you mean under-8k?"),
        (("server", "class.example"), "server: expected an address such as https://"),
        (("colour",), "expected one of handle, assignment, device, server, found 'colour'"),
        (("--unset", "colour"), "found 'colour'"),
        (("handle", "--unset", "handle"), "expected one of the two"),
    ],
)
def test_what_cannot_be_kept_is_a_sentence(words: tuple[str, ...], says: str) -> None:
    done = autograde("config", *words)
    assert (done.exit_code, says in done.stderr) == (2, True), done.stderr
    assert not place().exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('device = "cpu"\nhandles = "ann"', ", line 2: expected one of handle, assignment"),
        ('handle = "ann"\n\ndevice = 3', ", line 3: device: expected auto, cpu or cuda, found 3"),
        ('assignment = "under-9k"', ", line 1: expected an assignment"),
        ("handle ann", ": expected TOML, found an error"),
    ],
)
def test_a_wrong_file_is_a_sentence_with_its_line(text: str, says: str) -> None:
    write(text)
    for words in (("submit", "model.py"), ("config",)):
        done = autograde(*words)
        assert (done.exit_code, f"{place()}{says}" in done.stderr) == (2, True), done.stderr
    new = str(place().with_name("model.py"))
    assert autograde("new", new).exit_code == 0  # it has no such options
    place().write_bytes(b"\xff")
    assert "expected UTF-8 text" in autograde("config").stderr
