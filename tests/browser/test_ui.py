"""Penstock in the Airflow UI as a user meets it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SECONDS, Picture
from tests.browser.stack import DAG_ID, SECOND, Stack

pytestmark = pytest.mark.timeout(3_900)  # the stack and its runs come before the first test
expect.set_options(timeout=SECONDS * 1000)
MODEL = "movie_recommender"


def test_without_a_login_nothing_is_served(stranger: Page, stack: Stack) -> None:
    for path in ("/models", f"/runs/{DAG_ID}/{SECOND}/report", f"/runs/{DAG_ID}/{SECOND}/run.json"):
        answer = stranger.goto(f"{stack.url}/penstock{path}")
        assert answer is not None
        assert answer.status == 401
        expect(stranger.get_by_role("heading")).to_have_text("You are not logged in")
        assert MODEL not in stranger.locator("main").inner_text()


def test_the_way_to_the_login_leads_back(stranger: Page, stack: Stack) -> None:
    user, password = stack.login
    stranger.goto(f"{stack.url}/penstock/models")
    stranger.get_by_role("link", name="Log in").click()
    stranger.get_by_label("Username").fill(user, timeout=SECONDS * 1000)
    stranger.get_by_label("Password").fill(password)
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("heading", name="Models")).to_be_visible()


def test_a_run_shows_its_report(page: Page, stack: Stack, picture: Picture) -> None:
    page.goto(f"{stack.url}/dags/{DAG_ID}/runs/{SECOND}")
    page.get_by_role("link", name="Report", exact=True).click()
    report = page.frame_locator("iframe")
    expect(report.locator("body")).to_contain_text(MODEL)
    expect(report.locator("h1")).to_be_visible()
    picture(page, "report")


def test_the_models_page_tells_the_champion(page: Page, stack: Stack, picture: Picture) -> None:
    page.goto(f"{stack.url}/")
    page.get_by_role("link", name="Models").click()
    models = page.frame_locator("iframe")
    expect(models.get_by_role("heading", name="Models")).to_be_visible()
    model = models.get_by_role("region", name=MODEL, exact=True)
    row = model.locator("tr:has(.badge)")
    expect(row).to_contain_text(SECOND)
    expect(row.get_by_role("rowheader")).to_have_text(re.compile(r"^2\s+champion$"))
    expect(
        model.get_by_role("img", name=re.compile(r"ndcg_at_k by version\. version 1: .*, version 2: "))
    ).to_be_visible()
    picture(page, "models")
    row.get_by_role("link", name=SECOND).click()
    page.wait_for_url(f"{stack.url}/dags/{DAG_ID}/runs/{SECOND}**")


@pytest.mark.parametrize("page", ["dark"], indirect=True)
def test_the_models_page_fits_a_phone_in_the_dark(page: Page, stack: Stack, picture: Picture) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{stack.url}/penstock/models")
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(15, 18, 22)"
    picture(page, "models-phone")


def test_a_task_leads_to_its_drivers_log(page: Page, stack: Stack, picture: Picture) -> None:
    page.goto(f"{stack.url}/dags/{DAG_ID}/runs/{SECOND}/tasks/score_users/details")
    page.get_by_role("link", name="Driver log").click()
    expect(page.get_by_role("heading", name="Driver log of score_users")).to_be_visible()
    expect(page.get_by_label("stdout").last).to_contain_text("610 users")
    picture(page, "driver-log")


def test_a_model_is_rolled_back_by_a_form(page: Page, stack: Stack, picture: Picture) -> None:
    page.goto(f"{stack.url}/plugin/models")
    models = page.frame_locator("iframe")
    model = models.get_by_role("region", name=MODEL, exact=True)
    model.get_by_role("link", name="Roll back").click()
    expect(models.get_by_role("heading", level=1)).to_have_text(f"Roll {MODEL} back to the champion before this one")
    picture(page, "rollback")
    models.get_by_role("button", name="Start rollback_model").click()
    started = models.get_by_role("heading", name=re.compile("rollback_model is "))
    expect(started).to_be_visible()
    run_id = models.get_by_role("link", name=re.compile("^manual__")).inner_text()
    assert stack.ended("rollback_model", run_id) == "success"
    models.get_by_role("link", name="To the models").click()
    row = model.locator("tr:has(.badge)")
    expect(row.get_by_role("rowheader")).to_have_text(re.compile(r"^1\s+champion$"))
