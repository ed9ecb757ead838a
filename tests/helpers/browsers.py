"""Debian's chromium for tests of pages; where it is not installed, they are skipped."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "chromium is not installed here: apt-get install chromium chromium-driver"
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")


@contextmanager
def browser() -> Iterator[WebDriver]:
    """Open a browser of its own."""
    options = Options()
    options.binary_location = str(CHROMIUM)
    for argument in (*ARGUMENTS, "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


def look_as(driver: Chrome, width: int, dark: bool = False) -> None:
    """Be a telephone or a wide screen, by day or by night."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def visit(driver: Chrome, address: str) -> None:
    """Open a page and wait until its scripts have run.

    `get` alone returns before the old page is gone where that one has just begun a download.
    """
    driver.execute_script("window.old = true")
    driver.get(address)
    ready = "return !window.old && document.readyState === 'complete'"
    WebDriverWait(driver, 30, poll_frequency=0.1).until(lambda d: d.execute_script(ready), address)


def wait_until_it_fits(driver: Chrome, width: int) -> None:
    """Wait until a page is not wider than the screen; one that stays wider fails the test.

    A browser that has just started may lay out its first page before it is a telephone.
    """
    fits = "return document.documentElement.scrollWidth <= arguments[0]"
    wait = WebDriverWait(driver, 30, poll_frequency=0.1)
    wait.until(lambda d: d.execute_script(fits, width), f"{driver.current_url} scrolls sideways")
