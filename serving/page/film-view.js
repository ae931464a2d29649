// One film, and the films most like it.

import * as api from "./api.js";
import { hero, inFull } from "./cards.js";
import { h } from "./dom.js";
import { filters } from "./filters.js";
import { nothing, results } from "./results.js";
import { format, go } from "./state.js";

/** The view of a film. */
export function filmView() {
  let route = null;
  const heading = h("h1", {}, "A film");
  const about = h("div", { class: "hero" }, heading);
  const change = (part) => go({ ...route, ...part });
  const chosen = filters({ change });
  const found = results("Similar films", { headed: false });
  const second = h("h2", { class: "section" }, "Similar films");
  const element = h("div", {}, about, second, chosen.element, found.element);
  let current = "";

  /** All but the heading, which may have the focus and would lose it. */
  const clear = () => [...about.children].forEach((child) => child !== heading && child.remove());

  function before({ item }) {
    current = inFull(item.title);
    heading.textContent = current;
    document.title = `${current} · Penstock`;
    const like = h(
      "a",
      { class: "button primary", href: format({ view: "like", liked: [item.item_id] }) },
      "Like it and see",
    );
    const [picture, facts] = hero(item, h("div", { class: "row" }, like));
    clear();
    heading.before(picture);
    heading.after(facts);
    return null;
  }

  async function show(to, signal) {
    if (route?.film !== to.film) clear();
    route = to;
    const empty = () =>
      nothing(
        `No ${route.genre || "other"} film is like this one`,
        "Try another genre.",
        h("button", { type: "button", onclick: () => change({ genre: "" }) }, "All genres"),
      );
    const told = (films) => `${films} similar to ${current}`;
    const ask = async () => {
      const [item, answer] = await Promise.all([api.item(route.film, signal), api.similar(route.film, route, signal)]);
      return { ...answer, item, reason: "similar" };
    };
    await found.load(ask, { n: route.n, told, empty, before, nearest: (genre) => change({ genre }), signal });
  }

  return { element, heading, filters: chosen, show, title: () => current || "A film" };
}
