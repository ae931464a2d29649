// Like a few films and see: recommendations for somebody whom the model has never met.

import * as api from "./api.js";
import { inFull } from "./cards.js";
import { tint } from "./art.js";
import { combobox } from "./combobox.js";
import { announce, count, h } from "./dom.js";
import { filters } from "./filters.js";
import { notice } from "./notices.js";
import { nothing, results } from "./results.js";
import { MOST_LIKED, go } from "./state.js";

const SUGGESTIONS = 8;

/** The view of likes. The address holds their ids, so that it can be shared; titles come from the service. */
export function likeView() {
  let [route, removed] = [null, -1];
  const known = new Map(); // id -> item, as the service has told them
  const heading = h("h1", {}, "Like a few films and see");
  const change = (part) => go({ ...route, ...part });
  const like = (id) => {
    if (route.liked.length >= MOST_LIKED) return announce(`${MOST_LIKED} likes are enough: remove one first.`);
    return change({ liked: [...route.liked.filter((other) => other !== id), id] });
  };
  const picker = combobox({
    label: "Films that you like",
    hint: "Type a part of a title.",
    placeholder: "Search a title",
    noun: "title",
    search: async (text, signal) => {
      const { items } = await api.items(text, SUGGESTIONS, signal);
      items.forEach((item) => known.set(String(item.item_id), item));
      return items.map((item) => ({
        value: String(item.item_id),
        label: inFull(item.title),
        detail: item.genres.join(", "),
      }));
    },
    onPick: (id) => {
      picker.input.value = "";
      like(id);
    },
  });
  const likes = h("ul", { class: "likes", "aria-label": "Liked films" });
  const share = h("button", { type: "button", class: "quiet", onclick: copy }, "Copy the link");
  const clear = h("button", { type: "button", class: "quiet", onclick: () => change({ liked: [] }) }, "Remove all");
  const bar = h("div", { class: "liked" }, likes, share, clear);
  const chosen = filters({ change });
  const found = results("Recommendations");
  const element = h("div", {}, h("div", { class: "top" }, heading, picker.element), bar, chosen.element, found.element);

  async function copy() {
    try {
      await navigator.clipboard.writeText(location.href);
      announce("The link is copied.");
      share.textContent = "Copied";
    } catch {
      announce("The browser does not let this page copy; the address bar holds the same link.");
      share.textContent = "See the address bar";
    }
    setTimeout(() => (share.textContent = "Copy the link"), 2_500);
  }

  function remove(id) {
    removed = route.liked.indexOf(id);
    change({ liked: route.liked.filter((other) => other !== id) });
  }

  function chip(id) {
    const item = known.get(id);
    const name = item ? inFull(item.title) : `Film ${id}`;
    const button = h("button", { type: "button", "aria-label": `Remove ${name}`, onclick: () => remove(id) }, "×");
    return tint(h("li", {}, h("span", { dir: "auto" }, name), button), item?.genres ?? []);
  }

  function draw() {
    bar.hidden = chosen.element.hidden = route.liked.length === 0;
    likes.replaceChildren(...route.liked.map(chip));
    if (removed < 0) return;
    // The button that had the focus is gone with its chip: the next one, or the search box, takes it.
    (likes.querySelectorAll("button")[Math.min(removed, likes.childElementCount - 1)] ?? picker.input).focus();
    removed = -1;
  }

  /** Titles of likes that came with the address. */
  async function learn(signal) {
    const strange = route.liked.filter((id) => !known.has(id));
    const asked = strange.map((id) => api.item(id, signal).then((item) => known.set(id, item)));
    const answers = await Promise.allSettled(asked);
    if (!signal.aborted && answers.some(({ status }) => status === "fulfilled")) draw();
  }

  function before({ reason }) {
    if (reason === "fold_in") return null;
    return notice(
      "note",
      "This model knows none of these films",
      "So the most popular ones are shown. Like another film to get more.",
    );
  }

  const actions = (item) => {
    const name = inFull(item.title);
    const onclick = () => {
      known.set(String(item.item_id), item);
      like(String(item.item_id));
      picker.input.focus({ preventScroll: true }); // the card goes away with its button
    };
    return [h("button", { type: "button", class: "like", "aria-label": `Like ${name}`, onclick }, "Like")];
  };

  /** Nothing is liked yet: the most popular films to begin with. */
  function start(signal) {
    const pick = (item) =>
      h(
        "button",
        { type: "button", "aria-label": `Like ${inFull(item.title)}`, onclick: () => like(String(item.item_id)) },
        inFull(item.title),
      );
    const ask = async () => {
      const { items } = await api.items("", SUGGESTIONS, signal);
      items.forEach((item) => known.set(String(item.item_id), item));
      return { items: [], popular: items };
    };
    const begin = ({ popular }) =>
      nothing("Begin with a film that you like", "Search a title above, or take one of these.", ...popular.map(pick));
    return found.load(ask, { n: 0, empty: begin, signal });
  }

  async function show(to, signal) {
    route = to;
    draw();
    if (!route.liked.length) return start(signal);
    const empty = () =>
      nothing(
        `No ${route.genre} film is left to recommend`,
        "Try another genre, or like other films.",
        h("button", { type: "button", onclick: () => change({ genre: "" }) }, "All genres"),
      );
    const told = (films) =>
      `${films} for ${count(route.liked.length, "liked film")}${route.genre ? `, ${route.genre}` : ""}`;
    const ask = () => api.anonymous(route.liked, route, signal);
    const wanted = { n: route.n, told, empty, before, actions, nearest: (genre) => change({ genre }), signal };
    await Promise.all([found.load(ask, wanted), learn(signal)]);
  }

  return { element, heading, filters: chosen, show, title: () => "Like a few films and see" };
}
