"""A user's films: picked, filtered, with what was seen, and what comes for somebody unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.serving.conftest import Films

FOUND = "Recommendations"
COMEDIES = [
    "Modern Times 1936",  # 350 / 400 x 4.8 = 4.20
    "Singin' in the Rain 1952",  # 370 / 400 x (4.8 + 4.2) / 2 = 4.16
    "City Lights 1931",
    "It Happened One Night 1934",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb 1964",
    "His Girl Friday 1940",
    "Bringing Up Baby 1938",
    "Safety Last! 1923",
    "The General 1926",
    "Charade 1963",
    "The Kid 1921",
    "Sherlock Jr. 1924",
]
"""Of viewer 1, who has not seen them. Duck Soup, The Gold Rush and The Little Shop of Horrors were seen."""
POPULAR = [
    "Casablanca 1942",
    "The Wizard of Oz 1939",
    "2001: A Space Odyssey 1968",
    "Seven Samurai (Shichinin no samurai) 1954",
]


def test_a_user_is_picked_and_a_genre_chosen(page: Page, films: Films) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Whose films shall it be?")).to_be_visible()
    picker = page.get_by_role("combobox", name="User")
    picker.press_sequentially("1")
    page.get_by_role("option", name=re.compile("^User 1\\b")).click()
    expect(page).to_have_url(re.compile(r"#/user/1$"))
    expect(films(FOUND)).to_have_count(12)
    expect(films(FOUND).first).to_have_text("Modern Times 1936")
    page.get_by_text("Comedy", exact=True).first.click()
    expect(films(FOUND)).to_have_text(COMEDIES)
    expect(page.get_by_role("status").filter(has_text="12 films for user 1, Comedy")).to_be_attached()
    first = page.get_by_role("region", name=FOUND).get_by_role("listitem").first
    expect(first).to_contain_text("4.20 predicted score")
    expect(page.get_by_role("radio", name="Comedy")).to_be_checked()
    expect(page).to_have_url(re.compile(r"#/user/1\?genre=Comedy$"))


def test_another_user_has_other_films_and_another_history(page: Page, films: Films) -> None:
    page.goto("/#/user/1")
    history = page.get_by_role("region", name="History")
    expect(films(FOUND).first).to_have_text("Modern Times 1936")
    expect(history.get_by_role("listitem")).to_have_count(12)
    expect(history).to_contain_text("A Trip to the Moon 1902")
    expect(history).not_to_contain_text("Nosferatu")
    picker = page.get_by_role("combobox", name="User")
    picker.fill("5")
    picker.press("Enter")
    expect(films(FOUND).first).to_have_text("Casablanca 1942")
    expect(history).to_contain_text("Nothing that this model knows of.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Films for user 5")
    assert page.title() == "Films for user 5 · Penstock"


def test_seen_films_are_hidden_until_asked_for_and_say_so(page: Page, films: Films) -> None:
    page.goto("/#/user/1?genre=Horror")
    expect(films(FOUND)).to_have_text(
        ["King Kong 1933", "Nosferatu 1922", "Frankenstein 1931", "The Phantom of the Opera 1925",
         "The Cabinet of Dr. Caligari 1920", "Plan 9 from Outer Space 1959", "Carnival of Souls 1962",
         "House on Haunted Hill 1959", "The Last Man on Earth 1964"]
    )  # fmt: skip
    page.get_by_text("Show seen films").click()
    expect(page.get_by_role("switch", name="Show seen films")).to_be_checked()
    expect(films(FOUND)).to_have_count(11)
    cards = page.get_by_role("region", name=FOUND).locator("li.card")
    seen = cards.filter(has=page.get_by_text("Seen", exact=True))
    expect(seen.get_by_role("heading")).to_have_text(
        ["Night of the Living Dead 1968", "The Little Shop of Horrors 1960"]
    )
    page.get_by_text("Show seen films").click()
    expect(films(FOUND)).to_have_count(9)


def test_an_unknown_user_gets_the_popular_films_and_is_told(page: Page, films: Films) -> None:
    page.goto("/#/user/987654321")
    expect(page.get_by_role("heading", name="User 987654321 is unknown to this model")).to_be_visible()
    expect(page.get_by_role("region", name=FOUND)).to_contain_text("these are the most popular films")
    expect(films(FOUND)).to_have_count(12)
    assert films(FOUND).all_text_contents()[: len(POPULAR)] == POPULAR
    expect(page.get_by_role("region", name=FOUND).get_by_role("listitem").first).to_contain_text("400 ratings")
    expect(page.get_by_role("region", name="History")).to_contain_text("Nothing that this model knows of.")


def test_as_many_as_asked_for(page: Page, films: Films) -> None:
    page.goto("/#/user/5")
    expect(films(FOUND)).to_have_count(12)
    page.get_by_label("Show", exact=True).select_option("24 films")
    expect(films(FOUND)).to_have_count(24)
    page.goto("/#/user/5?n=3")
    expect(films(FOUND)).to_have_count(3)
    expect(page.get_by_label("Show", exact=True)).to_have_value("3")


def test_the_way_back(page: Page, films: Films) -> None:
    page.goto("/#/user/1")
    page.get_by_text("Western", exact=True).first.click()
    expect(films(FOUND)).to_have_text(["Rio Bravo 1959", "Stagecoach 1939", "The Great Train Robbery 1903"])
    page.get_by_role("link", name="Similar to Stagecoach (1939)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stagecoach (1939)")
    page.go_back()
    expect(films(FOUND)).to_have_count(3)
    expect(page.get_by_role("radio", name="Western")).to_be_checked()
    page.go_back()
    expect(page.get_by_role("radio", name="All")).to_be_checked()
    expect(films(FOUND)).to_have_count(12)
    page.go_forward()
    expect(films(FOUND)).to_have_count(3)


def test_a_title_with_markup_is_a_title(page: Page, films: Films) -> None:
    page.goto("/#/user/8?genre=Documentary")
    bold = films(FOUND).filter(has_text="Bold")
    expect(bold).to_have_text('<b>Bold</b> & <img src=x onerror=document.title="run"> 1999')
    expect(page.locator("main img, main b b")).to_have_count(0)
    page.get_by_role("link", name="Similar to <b>Bold</b>").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<b>Bold</b>")
    assert "run · " not in page.title()
    assert page.title().startswith("<b>Bold</b> &")


def test_an_unknown_genre_leads_to_the_nearest(page: Page, films: Films) -> None:
    page.goto("/#/user/1?genre=Comdy")
    region = page.get_by_role("region", name=FOUND)
    expect(region.get_by_role("heading", name="Not found")).to_be_visible()
    region.get_by_role("button", name="Comedy").click()
    expect(films(FOUND)).to_have_text(COMEDIES)


def test_nothing_left_is_said_with_a_remedy(page: Page, films: Films) -> None:
    page.goto("/#/user/6?genre=Musical")
    expect(films(FOUND)).to_have_text(["The Wizard of Oz 1939", "Singin' in the Rain 1952"])
    page.goto("/#/user/5?n=100000")
    refused = page.get_by_role("region", name=FOUND)
    expect(refused.get_by_role("heading", name="The service refuses this request")).to_be_visible()
    expect(refused).to_contain_text("n is 100000: it should be less than or equal to 100")


@pytest.mark.parametrize(
    "address", ["#/user/abc", "#/nothing/1", "#/user/%E0%A4%A", "#/film/", "#", "#/user/12345678901234567890"]
)
def test_an_address_that_means_nothing_asks_whose_films(page: Page, address: str) -> None:
    page.goto(f"/{address}")
    expect(page.get_by_role("heading", name="Whose films shall it be?")).to_be_visible()
    page.get_by_role("button", name="User 2", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Films for user 2")


def test_an_id_that_is_no_number_of_javascript(page: Page, films: Films) -> None:
    page.goto("/#/user")
    page.get_by_role("combobox", name="User").press_sequentially("90")
    page.get_by_role("option", name="User 9007199254740993").click()
    expect(page).to_have_url(re.compile("#/user/9007199254740993$"))
    expect(films(FOUND).first).to_have_text("The Wizard of Oz 1939")
    expect(page.get_by_role("region", name=FOUND)).to_contain_text("predicted score")


def test_what_is_no_id_is_told_at_the_box(page: Page) -> None:
    page.goto("/#/user")
    picker = page.get_by_role("combobox", name="User")
    picker.fill("somebody")
    picker.press("Enter")
    expect(picker).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("There is no such user. Any user id: a whole number.").first).to_be_visible()
