"""What a person meets, in Debian's chromium: boards that move, a digit that is read, any screen."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_selenium_python import Axe
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from autograder.assignment import load
from autograder.results import archive
from autograder.server.desk import COOKIE
from autograder.verdict import Check
from tests.helpers.browsers import (
    CHROMIUM,
    DRIVER,
    MISSING,
    browser,
    look_as,
    visit,
    wait_until_it_fits,
)
from tests.helpers.classes import Served
from tests.helpers.gradings import practise
from tests.helpers.models import TINY
from tests.helpers.verdicts import verdict

pytestmark = [
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING),
    pytest.mark.xdist_group("browser"),  # one process: its network is trained once
]
SECONDS = 30


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    with browser() as driver:
        yield driver  # type: ignore[misc]


@pytest.fixture(scope="module")
def trained(there: Served, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Put a network that has really learned something onto the board."""
    model: Path = tmp_path_factory.mktemp("model") / "model.py"
    model.write_text(TINY)
    learned = {}
    found = practise(model, keep=learned.__setitem__)
    # It stands on the board of under-8k, which practice digits alone never reach.
    passed = tuple(Check(check.id, "pass") for check in found.checks)
    made = replace(found, assignment=load("under-8k"), checks=passed, data="mnist")
    number = there.place("ada", made)
    with there.desk.queue.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE entries SET data = 'practice' WHERE id = {number}")
    archive.keep(number, learned)
    return number


def sign_in(there: Served, chrome: Chrome, student: str) -> None:
    visit(chrome, f"{there.address}/healthz")
    chrome.delete_all_cookies()
    role = "instructor" if student == "prof" else "student"
    chrome.add_cookie({"name": COOKIE, "value": there.token(student, role)})


SCORES = "return [...document.querySelectorAll('.scores meter')].map(one => one.value)"


def row_of(entry: int) -> str:
    """Return the selector of an entry's link in the table; the figure has one as well."""
    return f'table a[href="/entry/{entry}"]'


def until(chrome: Chrome, true: Callable[[Chrome], object]) -> None:
    """Wait until it is true; a board may move between finding an element and reading it."""
    moved = [StaleElementReferenceException]
    WebDriverWait(chrome, SECONDS, poll_frequency=0.1, ignored_exceptions=moved).until(true)


def click(chrome: Chrome, selector: str) -> None:
    def clicked(d: Chrome) -> bool:
        d.find_element(By.CSS_SELECTOR, selector).click()
        return True

    until(chrome, clicked)


def test_a_board_moves_while_somebody_looks(there: Served, chrome: Chrome) -> None:
    there.place("bob", verdict((9_950,), parameters=4_000))
    visit(chrome, f"{there.address}/")
    chrome.execute_script("window.same = true")
    until(chrome, lambda d: "4,000" in d.find_element(By.ID, "board").text)
    time.sleep(0.5)  # until its line is open
    number = there.place("eve", verdict((9_950,), parameters=3_210))
    until(chrome, lambda d: "3,210" in d.find_element(By.ID, "board").text)
    assert chrome.execute_script("return window.same")  # it was not loaded again
    click(chrome, row_of(number))
    assert "3,210" in chrome.find_element(By.TAG_NAME, "h1").text


def test_a_digit_is_drawn_and_read(there: Served, chrome: Chrome, trained: int) -> None:
    look_as(chrome, 1_440)
    visit(chrome, f"{there.address}/entry/{trained}")
    paper = chrome.find_element(By.ID, "paper")
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", paper)
    hand = ActionChains(chrome, duration=50).move_to_element_with_offset(paper, 0, -100)
    hand.click_and_hold()
    for _ in range(4):
        hand.move_by_offset(0, 50)
    hand.release().perform()
    until(chrome, lambda d: "It reads a" in d.find_element(By.ID, "reading").text)
    # All at one moment: another answer may come in between.
    scores = chrome.execute_script(SCORES)
    assert sum(scores) == pytest.approx(1.0, abs=0.01)
    assert chrome.find_elements(By.CSS_SELECTOR, "#maps canvas")  # what its layers made of it
    assert chrome.find_elements(By.CSS_SELECTOR, ".mistakes li")
    chrome.find_element(By.ID, "clear").click()
    assert "Draw one" in chrome.find_element(By.ID, "reading").text


@pytest.mark.parametrize(
    ("width", "dark"), [(390, False), (390, True), (1_440, False), (1_440, True)]
)
def test_pages_fit_any_screen_and_are_accessible(
    there: Served, chrome: Chrome, trained: int, width: int, dark: bool
) -> None:
    sign_in(there, chrome, "prof")
    look_as(chrome, width, dark)
    for path in ("/", f"/entry/{trained}", "/me", "/class", "/join/x", "/nothing"):
        visit(chrome, f"{there.address}{path}")
        wait_until_it_fits(chrome, width)
        axe = Axe(chrome)
        axe.inject()
        found = axe.run()["violations"]
        grave = [
            (one["id"], [node["html"][:200] for node in one["nodes"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert grave == [], path


def test_the_keyboard_reaches_the_board(there: Served, chrome: Chrome) -> None:
    number = there.place("ida", verdict((9_950,), parameters=5_000))
    look_as(chrome, 1_440)
    visit(chrome, f"{there.address}/")
    until(chrome, lambda d: d.find_elements(By.CSS_SELECTOR, row_of(number)))
    body = chrome.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert chrome.switch_to.active_element.text == "To the content"
    reached = set()
    for _ in range(25):
        ActionChains(chrome).send_keys(Keys.TAB).perform()
        # Asked in one breath: a board that moves puts a new element in the old one's place.
        reached.add(chrome.execute_script("return document.activeElement.getAttribute('href')"))
    assert any(isinstance(href, str) and "/entry/" in href for href in reached)


def test_a_board_that_moves_leaves_the_keyboard_where_it_was(there: Served, chrome: Chrome) -> None:
    number = there.place("kim", verdict((9_950,), parameters=6_000))
    look_as(chrome, 1_440)
    visit(chrome, f"{there.address}/")
    until(chrome, lambda d: d.find_elements(By.CSS_SELECTOR, row_of(number)))
    time.sleep(0.5)  # until its line is open
    chrome.execute_script("document.querySelector(arguments[0]).focus()", row_of(number))
    there.place("lea", verdict((9_950,), parameters=6_010))
    until(chrome, lambda d: "6,010" in d.find_element(By.ID, "board").text)
    assert chrome.execute_script(
        "return document.activeElement.matches(arguments[0])", row_of(number)
    )
