"""Which model answers, its reload, and what is shown where the service refuses or is away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving.conftest import opened
from tests.browser.serving.service import Service, python, served

FOUND = "Recommendations"
FACTS = "The model that answers"


@dataclass(frozen=True)
class Guarded:
    """A service that asks for keys, and one key of each role."""

    service: Service
    reader: str
    admin: str


@pytest.fixture(scope="module")
def guarded(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    home = tmp_path_factory.mktemp("guarded")
    keys = home / "keys.json"
    reader, admin = (_key(keys, role) for role in ("reader", "admin"))
    with (
        (home / "log").open("wb") as log,
        served(home, log, bundle=str(bundles / "v1"), auth="keys", keys_file=str(keys)) as running,
    ):
        yield Guarded(running, reader, admin)


def _key(file: Path, role: str) -> str:
    return python("serving", "make-key", "--file", str(file), "--role", role)


@pytest.fixture
def page(browser: Browser, guarded: Guarded) -> Iterator[Page]:
    yield from opened(browser, guarded.service)


def _give_key(page: Page, key: str) -> None:
    region = page.get_by_role("region", name=FOUND)
    expect(region.get_by_role("heading", name="This service asks for a key")).to_be_visible()
    region.get_by_label("API key or token").fill(key)
    region.get_by_role("button", name="Use this key").click()


def _reload(page: Page, version: str) -> None:
    panel = page.locator("details.reload")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    page.get_by_label("Version to load").fill(version)
    page.get_by_role("button", name="Reload", exact=True).click()


def test_without_a_key_one_is_asked_for_and_kept_for_the_tab_only(page: Page, guarded: Guarded) -> None:
    page.goto("/#/user/1")
    _give_key(page, "pst_wrong_key")
    region = page.get_by_role("region", name=FOUND)
    expect(region).to_contain_text("The key is not known")
    _give_key(page, guarded.reader)
    expect(region.get_by_role("heading", level=3)).to_have_count(12)
    assert page.evaluate("sessionStorage.getItem('penstock-api-key')") == guarded.reader
    assert page.evaluate("[localStorage.length, document.cookie, location.href.includes('pst_')]") == [0, "", False]
    page.reload()
    expect(region.get_by_role("heading", level=3)).to_have_count(12)
    with page.context.expect_page() as other:
        page.evaluate("window.open('/#/user/1', '_blank', 'noopener')")
    expect(other.value.get_by_role("heading", name="This service asks for a key")).to_be_visible()
    other.value.close()
    page.get_by_role("button", name="Forget the API key").click()
    expect(page.get_by_role("heading", name="This service asks for a key")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_reader_sees_the_model_and_no_reload(page: Page, guarded: Guarded) -> None:
    page.goto("/#/user/1")
    _give_key(page, guarded.reader)
    facts = page.get_by_role("group", name=FACTS)
    expect(facts).to_contain_text("model versionv1modelmovie_recommenderusers9films59genres15factors17loaded")
    expect(page.get_by_text("Reload the model")).to_be_hidden()


def test_an_admin_reloads_and_a_damaged_version_is_refused(page: Page, guarded: Guarded) -> None:
    page.goto("/#/user/1?genre=Western")
    _give_key(page, guarded.admin)
    films = page.get_by_role("region", name=FOUND).get_by_role("heading", level=3)
    expect(films).to_have_text(["Rio Bravo 1959", "Stagecoach 1939", "The Great Train Robbery 1903"])
    progress = page.locator(".progress")
    _reload(page, "v3")
    expect(progress).to_contain_text("v3 was refused")
    expect(progress).to_contain_text("item_factors.npy")
    expect(page.get_by_role("group", name=FACTS)).to_contain_text("v1")
    expect(films.first).to_have_text("Rio Bravo 1959")
    _reload(page, "v2")
    expect(progress).to_have_text("v2 answers from now on.")
    expect(page.get_by_role("group", name=FACTS)).to_contain_text("v2")
    expect(films).to_have_text(["The Great Train Robbery 1903", "Stagecoach 1939", "Rio Bravo 1959"])
    page.get_by_label("Load by").select_option("Location")
    page.get_by_label("Location to load").fill("/etc/passwd")
    page.get_by_role("button", name="Reload", exact=True).click()
    expect(progress).to_contain_text("'/etc/passwd': no bundle may be loaded from there")
    expect(page.get_by_role("group", name=FACTS)).to_contain_text("v2")
    page.get_by_label("Load by").select_option("Version")
    _reload(page, "v1")
    expect(page.get_by_role("group", name=FACTS)).to_contain_text("v1")


def test_right_lost_between_looking_and_asking_is_told(page: Page, guarded: Guarded) -> None:
    """The panel of an admin stays open while the tab's key becomes a reader's."""
    page.goto("/#/user/1")
    _give_key(page, guarded.admin)
    expect(page.get_by_text("Reload the model")).to_be_visible()
    page.evaluate("key => sessionStorage.setItem('penstock-api-key', key)", guarded.reader)
    _reload(page, "v1")
    expect(page.locator(".progress")).to_contain_text("This needs a key or token with the role admin")


def test_before_a_model_is_loaded_and_after_the_service_is_gone(
    browser: Browser, bundles: Path, tmp_path: Path
) -> None:
    with (
        (tmp_path / "log").open("wb") as log,
        served(tmp_path, log, roots=str(bundles)) as service,
    ):
        for page in opened(browser, service):
            page.goto("/#/user/7")
            region = page.get_by_role("region", name=FOUND)
            expect(region.get_by_role("heading", name="The model is not ready yet")).to_be_visible()
            expect(page.get_by_role("group", name=FACTS)).to_contain_text("No model is loaded yet.")
            page.locator("summary", has_text="Reload the model").click()
            page.get_by_label("Load by").select_option("Location")
            page.get_by_label("Location to load").fill(str(bundles / "v1"))
            page.get_by_role("button", name="Reload", exact=True).click()
            expect(region.get_by_role("heading", level=3)).to_have_count(12)
            service.stop()
            page.get_by_text("Horror", exact=True).first.click()
            expect(region.get_by_role("heading", name="The service does not answer")).to_be_visible()
            expect(region.get_by_role("button", name="Try again")).to_be_visible()
