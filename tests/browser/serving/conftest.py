"""The service's page in a real browser, without the local stack: a service and a bundle are all it needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PICTURES
from tests.browser.serving.service import Service, python, served

expect.set_options(timeout=20_000)
DESKTOP, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
PRINTED = {"width": 1120, "height": 740}
"""A window whose picture is small enough for the docs."""
Picture = Callable[[Page, str], None]
Films = Callable[[str], Locator]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the versions v1, v2, and v3, one of whose files has changed since."""
    folder = tmp_path_factory.mktemp("bundles")
    python("tests.browser.serving.write_bundle", str(folder), "1", "2", "3")
    damaged = folder / "v3" / "item_factors.npy"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\x7f")
    return folder


@pytest.fixture(scope="session")
def service(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Open to everyone on this machine."""
    home = tmp_path_factory.mktemp("open")
    with (home / "log").open("wb") as log, served(home, log, bundle=str(bundles / "v1")) as running:
        yield running


@pytest.fixture(params=["light"])
def page(browser: Browser, service: Service, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a desk; errors of its scripts and refusals of the policy fail the test."""
    yield from opened(browser, service, request.param)


def opened(browser: Browser, service: Service, scheme: str = "light") -> Iterator[Page]:
    """A page of a fresh browser whose addresses are relative to a service."""
    with browser.new_context(
        viewport=DESKTOP, color_scheme=scheme, base_url=service.url, reduced_motion="reduce"
    ) as context:
        context.set_default_timeout(20_000)
        made, refused = context.new_page(), []
        made.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else 0)
        made.on("pageerror", lambda error: refused.append(str(error)))
        yield made
        assert refused == []


@pytest.fixture
def films(page: Page) -> Films:
    """The titles of a region, in their order."""
    return lambda region: page.get_by_role("region", name=region).get_by_role("heading", level=3)


@pytest.fixture
def picture() -> Picture:
    """Keeps what is seen for the docs, where PENSTOCK_SCREENSHOTS is set."""

    def keep(page: Page, name: str) -> None:
        if os.environ.get("PENSTOCK_SCREENSHOTS"):
            page.screenshot(path=PICTURES / f"{name}.png")

    return keep
