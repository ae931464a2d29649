"""The page for those who do not see it, do not use a mouse, or hold a phone; and its pictures for the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving.conftest import PHONE, PRINTED, Films, Picture, opened

if TYPE_CHECKING:
    from tests.browser.serving.service import Service

FOUND = "Recommendations"
CONTROLS = {"button", "link", "textbox", "combobox", "radio", "switch", "checkbox", "option", "DisclosureTriangle"}
NAMED = CONTROLS | {"navigation", "contentinfo", "region", "heading", "listbox", "radiogroup"}
SHOWN = ".results h3, .results .notice"
ADDRESSES = ("#/user", "#/user/4?seen=1", "#/user/987654321", "#/like", "#/like/5,16", "#/film/16", "#/film/4040")


def _named(page: Page) -> dict[str, list[str]]:
    """Roles and their names, as Chromium tells them to a screen reader."""
    session = page.context.new_cdp_session(page)
    found: dict[str, list[str]] = {}
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        role = node.get("role", {}).get("value", "")
        if not node.get("ignored") and role in NAMED:
            found.setdefault(role, []).append(node.get("name", {}).get("value", "").strip())
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_control_and_every_landmark_has_a_name(page: Page, address: str) -> None:
    page.goto(f"/{address}")
    expect(page.locator(".results[aria-busy=true]")).to_have_count(0)
    expect(page.locator(SHOWN).first).to_be_visible()
    page.locator("summary").last.click()
    named = _named(page)
    assert len(named["link"]) >= 3
    assert {role: names for role, names in named.items() if "" in names} == {}
    levels = page.locator("h1, h2, h3").evaluate_all("all => all.map(each => Number(each.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))
    assert (
        page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")
        == page.locator("[id]").count()
    )


def test_links_to_similar_films_tell_which(page: Page, films: Films) -> None:
    page.goto("/#/user/5")
    expect(films(FOUND)).to_have_count(12)
    links = [name for name in _named(page)["link"] if name.startswith("Similar to ")]
    assert len(set(links)) == 12


def test_the_keyboard_alone(page: Page, films: Films) -> None:
    page.goto("/#/user")
    expect(page.get_by_role("button", name="User 1", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the films")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    picker = page.get_by_role("combobox", name="User")
    expect(picker).to_be_focused()
    page.keyboard.press("ArrowDown")
    options = page.get_by_role("listbox", name="User").get_by_role("option")
    expect(options).to_have_count(8)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text("User 2")
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowUp")
    expect(options).to_have_count(8)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#/user/8$"))
    expect(films(FOUND)).to_have_count(12)
    expect(picker).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="All")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Adventure")).to_be_focused()
    expect(page).to_have_url(re.compile("genre=Adventure$"))
    expect(films(FOUND).first).to_have_text("Seven Samurai (Shichinin no samurai) 1954")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Show", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("switch")).to_be_checked()
    expect(page.get_by_role("region", name=FOUND).get_by_text("Seen", exact=True).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Similar to Seven Samurai (Shichinin no samurai) (1954)")).to_be_focused()
    ring = page.evaluate("getComputedStyle(document.activeElement, '::after').outlineWidth")
    assert ring == "3px"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Seven Samurai")


def test_likes_by_the_keyboard_alone(page: Page, films: Films) -> None:
    page.goto("/#/like")
    box = page.get_by_role("combobox", name="Films that you like")
    box.focus()
    page.keyboard.type("wizard of")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["The Wizard of Oz (1939)Fantasy, Musical"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#/like/34$"))
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Remove The Wizard of Oz (1939)")).to_be_focused()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("#/like$"))
    expect(box).to_be_focused()


CONTRAST = """() => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d');
  const light = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((each) => each / 255)
      .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/ 0\\)$|, 0\\)$/.test(colour)) return colour;
    }
    return getComputedStyle(document.documentElement).backgroundColor;
  };
  const found = {};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility() || element.closest('.unseen, .skip')) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found[walk.currentNode.data.trim()] = ratio;
  }
  return found;
}"""
"""Texts with less contrast than WCAG's 4.5:1 (AA), by the formula of its relative luminance."""


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("address", ["#/user/4?seen=1", "#/user/987654321", "#/like/5,16,24,38", "#/film/4040"])
def test_texts_stand_out(page: Page, address: str) -> None:
    page.goto(f"/{address}")
    expect(page.locator(SHOWN).first).to_be_visible()
    expect(page.locator(".results[aria-busy=true]")).to_have_count(0)
    assert page.evaluate(CONTRAST) == {}


def test_nothing_moves_for_those_who_asked_for_that(page: Page, films: Films) -> None:
    page.goto("/#/user/1")
    expect(films(FOUND)).to_have_count(12)
    moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length"
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0


@pytest.fixture
def phone(browser: Browser, service: Service) -> Iterator[Page]:
    yield from opened(browser, service)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_phone_scrolls_one_way_only(phone: Page, address: str) -> None:
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"/{address}")
    expect(phone.locator(SHOWN).first).to_be_visible()
    expect(phone.locator(".results[aria-busy=true]")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    small = "[...document.querySelectorAll('main button, main select, main .chip label, main input[type=text], nav a')]"
    heights = phone.evaluate(f"{small}.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)")
    assert min(heights) >= 24  # WCAG 2.2, target size (minimum)


def test_pictures_on_a_desk(page: Page, films: Films, picture: Picture) -> None:
    page.set_viewport_size(PRINTED)
    page.goto("/#/user/4?seen=1")
    expect(films(FOUND)).to_have_count(12)
    expect(page.get_by_role("region", name="History").get_by_role("listitem").first).to_be_visible()
    picture(page, "serving-user")


@pytest.mark.parametrize("page", ["dark"], indirect=True)
def test_pictures_in_the_dark(page: Page, films: Films, picture: Picture) -> None:
    page.set_viewport_size(PRINTED)
    page.goto("/#/like/5,16,24")
    expect(films(FOUND)).to_have_count(12)
    expect(page.get_by_role("list", name="Liked films")).to_contain_text("Metropolis (1927)")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light dark"
    picture(page, "serving-like")


def test_pictures_on_a_phone(page: Page, films: Films, picture: Picture) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/#/film/34")
    expect(films("Similar films")).to_have_count(12)
    picture(page, "serving-phone")
