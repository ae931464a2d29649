// Films as cards, and as the short rows of a history.

import { art, tint } from "./art.js";
import { h, unique } from "./dom.js";
import { format } from "./state.js";

const YEAR = /^(.*\S)\s*\((\d{4})(?:[-–]\d{0,4})?\)$/;
const ARTICLE = /^([^()]+), (The|A|An)((?: \(.*\))?)$/;

/** A title as one says it, and its year: MovieLens writes "Matrix, The (1999)". */
export function spoken(title) {
  const [, name, year] = YEAR.exec(title.trim()) ?? [null, title, ""];
  return { name: name.replace(ARTICLE, "$2 $1$3"), year };
}

/** A title in one line. */
export function inFull(title) {
  const { name, year } = spoken(title);
  return year ? `${name} (${year})` : name;
}

const SCORES = {
  popular: (score) => [`${Math.round(score).toLocaleString("en")}`, Math.round(score) === 1 ? "rating" : "ratings"],
  similar: (score) => [score.toFixed(2), "similarity"],
  predicted: (score) => [score.toFixed(2), "predicted score"],
};

/** What the score of an answer means, by its reason. */
export const meaning = (reason) =>
  ({ personal: "predicted", fold_in: "predicted", similar: "similar" })[reason] ?? "popular";

function score(item, kind, best) {
  const [value, noun] = SCORES[kind](item.score);
  const bar = h("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--part", best > 0 ? Math.max(0, Math.min(1, item.score / best)) : 0);
  return h("p", { class: "score" }, h("b", {}, value), ` ${noun}`, bar);
}

const tags = (genres) =>
  genres.length > 0 &&
  h(
    "ul",
    { class: "tags", "aria-label": "Genres" },
    genres.map((genre) => tint(h("li", {}, genre), [genre])),
  );

function poster(item, heading) {
  const { name, year } = spoken(item.title);
  const long = name.length > 34 ? " long" : "";
  const title = h(
    heading,
    { class: `title${long}`, dir: "auto" },
    name,
    year && h("span", { class: "year" }, ` ${year}`),
  );
  const seen = item.seen && h("p", { class: "seen" }, "Seen");
  const rank = item.rank > 0 && h("p", { class: "rank" }, h("span", { class: "unseen" }, "Rank "), String(item.rank));
  return tint(h("div", { class: "poster" }, art(item.title), rank, seen, title), item.genres);
}

/** One film of a result. `best` is the highest score beside it; `actions` are more buttons. */
export function card(item, { kind, best, actions = [] }) {
  const name = inFull(item.title);
  const more = h(
    "a",
    { class: "more", href: format({ view: "film", film: item.item_id }), "aria-label": `Similar to ${name}` },
    "Similar",
  );
  const about = h(
    "div",
    { class: "about" },
    score(item, kind, best),
    tags(item.genres),
    h("div", { class: "row" }, more, actions),
  );
  return h("li", { class: item.seen ? "card is-seen" : "card" }, poster(item, "h3"), about);
}

/** A film on its own: its picture, its genres, and what can be done with it. */
export function hero(item, actions) {
  return [
    tint(h("div", { class: "poster bare" }, art(item.title)), item.genres),
    h("div", { class: "about" }, tags(item.genres), actions),
  ];
}

/** A film in a list beside something else. */
export function row(item) {
  const { name, year } = spoken(item.title);
  const id = unique("film");
  const link = h(
    "a",
    { href: format({ view: "film", film: item.item_id }), dir: "auto", id },
    name,
    year && h("span", { class: "year" }, ` ${year}`),
  );
  const facts = h("span", { class: "genres" }, item.genres.join(", ") || "no genre");
  return tint(
    h("li", { class: "mini" }, h("span", { class: "thumb" }, art(item.title)), h("span", {}, link, facts)),
    item.genres,
  );
}
