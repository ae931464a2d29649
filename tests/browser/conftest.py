"""A real browser before the real stack; the tier is skipped where no Chromium is found."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.stack import REPOSITORY, Stack

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found, so the pages are not tried in a browser. Install one (apt-get install chromium, "
    "brew install --cask chromium), or name its program in PENSTOCK_CHROMIUM."
)
PICTURES = REPOSITORY / "docs" / "screenshots"
SECONDS = 60
"""How long Airflow's UI may take to show something on a busy machine."""
Picture = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("PENSTOCK_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
def stack(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own, or the running one whose home PENSTOCK_BROWSER_STACK names: it must have both runs."""
    if kept := os.environ.get("PENSTOCK_BROWSER_STACK"):
        yield Stack(Path(kept))
        return
    started = Stack(tmp_path_factory.mktemp("home"))
    try:
        started.tools("demo")
        started.run_again()
        yield started
    finally:
        started.tools("down")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # In a container Chromium's own sandbox needs what root does not have; it shows nothing but this stack.
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--no-proxy-server"])
        yield launched
        launched.close()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A page of somebody who has not logged in."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def cookies(browser: Browser, stack: Stack) -> list[dict[str, object]]:
    """What Airflow's own login form leaves in the browser."""
    user, password = stack.login
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{stack.url}/")
        page.get_by_label("Username").fill(user, timeout=SECONDS * 1000)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{stack.url}/", timeout=SECONDS * 1000)
        return [dict(each) for each in context.cookies()]


@pytest.fixture(params=["light"])
def page(browser: Browser, cookies: list[dict[str, object]], request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of the user who has logged in; errors of scripts and refusals of the policy fail the test."""
    size = {"width": 1360, "height": 860}
    with browser.new_context(viewport=size, color_scheme=request.param) as context:
        context.add_cookies(cookies)
        context.set_default_timeout(SECONDS * 1000)
        opened, refused = context.new_page(), []
        opened.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else 0)
        opened.on("pageerror", lambda error: refused.append(str(error)))
        yield opened
        assert refused == []


@pytest.fixture
def picture() -> Picture:
    """Keeps what is seen for the docs, where PENSTOCK_SCREENSHOTS is set: else a test leaves the tree as it is."""

    def keep(page: Page, name: str) -> None:
        if os.environ.get("PENSTOCK_SCREENSHOTS"):
            page.wait_for_timeout(1_000)  # Airflow's UI fades in
            page.screenshot(path=PICTURES / f"{name}.png")

    return keep
