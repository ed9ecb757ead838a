"""What scripts add to the site's pages, by keyboard alone and by mouse, at any width."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from autograder.planning import plan
from autograder.planning.writing import written
from course import figures
from lessons import pages
from tests.helpers.browsers import (
    CHROMIUM,
    DRIVER,
    MISSING,
    browser,
    look_as,
    visit,
    wait_until_it_fits,
)

pytestmark = [
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING),
    pytest.mark.xdist_group("site"),
]
FOCUSED = "return document.activeElement.textContent || document.activeElement.value"
WIDTHS = (390, 768, 1440)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    with browser() as driver:
        yield driver  # type: ignore[misc]


def press(chrome: Chrome, *keys: str) -> None:
    ActionChains(chrome).send_keys(*keys).perform()


def tab_to(chrome: Chrome, text: str) -> None:
    """Go on by Tab until what has the focus says this."""
    for _ in range(60):
        press(chrome, Keys.TAB)
        if chrome.execute_script(FOCUSED).strip() == text:
            return
    raise AssertionError(f"Tab does not lead to {text!r}")


def line(chrome: Chrome) -> str:
    return str(chrome.find_element(By.CSS_SELECTOR, ".planner > input").get_attribute("value"))


def budget(chrome: Chrome) -> str:
    return chrome.find_element(By.CSS_SELECTOR, ".budget strong").text


def test_a_network_is_planned_and_written_by_keyboard_alone(
    site: Path, chrome: Chrome, tmp_path: Path
) -> None:
    look_as(chrome, 1440)
    chrome.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    visit(chrome, (site / "planner.html").as_uri())
    tab_to(chrome, "8 12 p 16 16 p 16 gap")
    press(chrome, "8 p 16 gap")  # over what stood there: Tab has chosen all of it
    assert (line(chrome), budget(chrome)) == ("8 p 16 gap", f"{plan('8 p 16 gap').parameters:,}")
    press(chrome, Keys.TAB, Keys.ARROW_RIGHT)  # the words, the second of them
    tab_to(chrome, "Earlier")
    press(chrome, Keys.ENTER)
    assert line(chrome) == "p 8 16 gap"
    tab_to(chrome, "Later")
    press(chrome, Keys.ENTER)
    tab_to(chrome, "Add behind it")
    press(chrome, Keys.ENTER)
    assert line(chrome) == "8 p c16 16 gap"
    chrome.find_element(By.CSS_SELECTOR, ".planner > input").send_keys(Keys.HOME)
    tab_to(chrome, "Wider")
    press(chrome, Keys.ENTER)
    assert line(chrome) == "8 p c18 16 gap"
    tab_to(chrome, "Write model.py")
    press(chrome, Keys.ENTER)
    file = tmp_path / "model.py"
    WebDriverWait(chrome, 20).until(lambda _: file.exists())
    assert file.read_text() == written(plan(line(chrome)))


def test_words_are_dragged(site: Path, chrome: Chrome) -> None:
    look_as(chrome, 1440)
    visit(chrome, (site / "planner.html").as_uri())
    words = chrome.find_elements(By.CSS_SELECTOR, ".words label")
    ActionChains(chrome).drag_and_drop(words[2], words[0]).perform()
    assert line(chrome) == "p 8 12 16 16 p 16 gap"


@pytest.fixture(scope="module")
def sliding(site: Path) -> Path:
    """Put a kernel over an image whose one dot is ink."""
    image = np.zeros((28, 28))
    image[10, 20] = 100
    body = figures.draw_sliding(image, [[0, 0, 0], [0, 0, 0], [-2, 0, 3]]).to_picture()
    script = (pages.HERE / "sliding.js").read_text()
    path = site.parent / "sliding.html"
    style = (pages.HERE / "style.css").read_text()
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    path.write_text(f"{head}<style>{style}</style><main>{body}</main><script>{script}</script>")
    return path


def test_a_kernel_slides_by_keyboard(sliding: Path, chrome: Chrome) -> None:
    look_as(chrome, 390)
    visit(chrome, sliding.as_uri())
    said = chrome.find_element(By.CSS_SELECTOR, ".sliding output")
    assert said.text == "Row 9, column 19: the 9 products add up to 300."  # where it answers most
    press(chrome, Keys.TAB, Keys.TAB, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert said.text == "Row 9, column 21: the 9 products add up to −200."
    press(chrome, Keys.TAB, Keys.ENTER)
    assert chrome.find_element(By.CSS_SELECTOR, ".sliding button").text == "Stop"


def test_without_a_script_the_picture_stays(sliding: Path) -> None:
    text = sliding.read_text().partition("<script>")[0]
    values = re.search(r'data-values="([^"]+)"', text)
    assert values
    assert json.loads(values[1].replace("&quot;", '"'))["kernel"][2] == [-2, 0, 3]
    assert "<picture>" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(site: Path, chrome: Chrome, sliding: Path, width: int) -> None:
    look_as(chrome, width)
    for name in ("planner", "below", "index", "glossary"):
        visit(chrome, (site / f"{name}.html").as_uri())
        wait_until_it_fits(chrome, width)
    visit(chrome, sliding.as_uri())
    wait_until_it_fits(chrome, width)
