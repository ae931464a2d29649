"""Like a few films and see, and the films that are like one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect

from tests.browser.serving.conftest import Films, opened

if TYPE_CHECKING:
    from tests.browser.serving.service import Service

FOUND = "Recommendations"


def _like(page: Page, text: str, title: str) -> None:
    box = page.get_by_role("combobox", name="Films that you like")
    box.click()
    box.press_sequentially(text)
    page.get_by_role("option", name=title).click()


def test_likes_lead_to_films(page: Page, films: Films) -> None:
    page.goto("/")
    page.get_by_role("link", name="Like and see").click()
    expect(page.get_by_role("heading", name="Begin with a film that you like")).to_be_visible()
    _like(page, "nosf", "Nosferatu (1922)")
    expect(page).to_have_url(re.compile("#/like/5$"))
    _like(page, "frank", "Frankenstein (1931)")
    expect(page).to_have_url(re.compile("#/like/5,25$"))
    liked = page.get_by_role("list", name="Liked films").locator("span")
    expect(liked).to_have_text(["Nosferatu (1922)", "Frankenstein (1931)"])
    expect(films(FOUND)).to_have_count(12)
    expect(page.get_by_role("status").filter(has_text="12 films for 2 liked films")).to_be_attached()
    cards = page.get_by_role("region", name=FOUND).locator("li.card")
    for at in range(3):
        expect(cards.nth(at).get_by_role("list", name="Genres")).to_contain_text("Horror")
    expect(films(FOUND).filter(has_text=re.compile("Nosferatu|Frankenstein"))).to_have_count(0)


def test_a_like_is_taken_back(page: Page, films: Films) -> None:
    page.goto("/#/like/5,25,16")
    remove = page.get_by_role("button", name="Remove Frankenstein (1931)")
    remove.click()
    expect(page).to_have_url(re.compile("#/like/5,16$"))
    expect(page.get_by_role("button", name="Remove Metropolis (1927)")).to_be_focused()
    page.get_by_role("button", name="Remove all").click()
    expect(page.get_by_role("heading", name="Begin with a film that you like")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name=re.compile("^Remove "))).to_have_count(3)


def test_a_film_of_the_answer_is_liked_too(page: Page, films: Films) -> None:
    page.goto("/#/like/33")
    expect(films(FOUND).filter(has_text="Rio Bravo")).to_have_count(1)
    page.get_by_role("button", name="Like Rio Bravo (1959)").click()
    expect(page).to_have_url(re.compile("#/like/33,58$"))
    expect(films(FOUND).filter(has_text="Rio Bravo")).to_have_count(0)


def test_the_address_can_be_shared(browser: Browser, service: Service) -> None:
    for page in opened(browser, service):
        page.goto("/#/like/38,35?genre=Romance&n=3")
        found = page.get_by_role("region", name=FOUND).get_by_role("heading", level=3)
        expect(found).to_have_count(3)
        liked = page.get_by_role("list", name="Liked films").locator("span")
        expect(liked).to_have_text(["Casablanca (1942)", "His Girl Friday (1940)"])
        expect(page.get_by_role("radio", name="Romance")).to_be_checked()


def test_similar_films_lead_from_one_to_the_next(page: Page, films: Films) -> None:
    page.goto("/#/user/2")
    page.get_by_role("link", name="Similar to Frankenstein (1931)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Frankenstein (1931)")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    # The two others that are horror and science fiction, the nearer in time first.
    expect(films("Similar films")).to_have_count(12)
    expect(films("Similar films").first).to_have_text("Plan 9 from Outer Space 1959")
    expect(films("Similar films").nth(1)).to_have_text("The Last Man on Earth 1964")
    page.get_by_role("link", name="Similar to Plan 9 from Outer Space (1959)").click()
    expect(films("Similar films").first).to_have_text("The Last Man on Earth 1964")
    page.get_by_text("Western", exact=True).first.click()
    expect(films("Similar films")).to_have_count(3)
    page.get_by_role("link", name="Like it and see").click()
    expect(page).to_have_url(re.compile("#/like/49$"))
    expect(page.get_by_role("list", name="Liked films")).to_contain_text("Plan 9 from Outer Space (1959)")


def test_a_film_that_the_model_does_not_know(page: Page) -> None:
    page.goto("/#/film/4040")
    found = page.get_by_role("region", name="Similar films")
    expect(found.get_by_role("heading", name="Not found")).to_be_visible()
    expect(found).to_contain_text("4040")
