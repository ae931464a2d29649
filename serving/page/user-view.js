// Recommendations for a user, with what the user has seen beside them.

import * as api from "./api.js";
import { row } from "./cards.js";
import { combobox } from "./combobox.js";
import { count, h } from "./dom.js";
import { filters } from "./filters.js";
import { notice } from "./notices.js";
import { nothing, results } from "./results.js";
import { go, isId } from "./state.js";

const HISTORY = 30;
const SUGGESTIONS = 8;

const POPULAR = {
  unknown_user: (user) => [
    `User ${user} is unknown to this model`,
    "So these are the most popular films. Recommendations come with the first model that is trained after this user's first ratings.",
  ],
};

const option = ({ user_id: id, seen }) => ({
  value: String(id),
  label: `User ${id}`,
  detail: seen === undefined ? "" : count(seen, "film"),
});

/** The view: made once, shown for one route after the other. */
export function userView() {
  let [route, signal] = [null, null];
  const heading = h("h1", {}, "Films for somebody");
  const change = (part) => go({ ...route, ...part });
  const picker = combobox({
    label: "User",
    hint: "Any user id: a whole number.",
    placeholder: "Search or type an id",
    noun: "user",
    inputmode: "numeric",
    search: async (text, stop) => (await api.users(text, SUGGESTIONS, stop)).users.map(option),
    onPick: (user) => go({ ...route, view: "user", user }),
    free: (text) => (isId(text) ? text : null),
  });
  const chosen = filters({ change, seen: true });
  const found = results("Recommendations");
  const past = h("section", { class: "past", "aria-label": "History" });
  const columns = h("div", { class: "columns" }, found.element, past);
  const element = h("div", {}, h("div", { class: "top" }, heading, picker.element), chosen.element, columns);

  async function remember() {
    past.replaceChildren();
    try {
      const answer = await api.history(route.user, HISTORY, signal);
      const total = answer.total ?? answer.items.length;
      const more =
        total > answer.items.length &&
        h("p", { class: "hint" }, `and ${count(total - answer.items.length, "more film")}`);
      const films = answer.items.length
        ? h("ol", {}, answer.items.map(row))
        : h("p", { class: "hint" }, "Nothing that this model knows of.");
      past.replaceChildren(
        h("h2", {}, "Seen before", h("span", { class: "total" }, total.toLocaleString("en"))),
        ...[films, more].filter(Boolean),
      );
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === undefined) throw error;
      const unknown = error.status === 404;
      past.replaceChildren(
        h("h2", {}, "Seen before"),
        h("p", { class: "hint" }, unknown ? "Nothing that this model knows of." : error.message),
      );
    }
  }

  function before({ reason, user_id: user }) {
    if (reason === "personal") return null;
    const [title, sentence] = POPULAR[reason]?.(user) ?? [
      "These are the most popular films",
      `The service's reason: ${reason}.`,
    ];
    return notice("note", title, sentence);
  }

  /** Nobody is chosen yet: a few users to begin with. */
  function nobody() {
    heading.textContent = "Films for somebody";
    past.replaceChildren();
    const pick = ({ user_id: id }) =>
      h("button", { type: "button", onclick: () => go({ ...route, user: String(id) }) }, `User ${id}`);
    const ask = async () => ({ items: [], users: (await api.users("", SUGGESTIONS, signal)).users });
    const begin = ({ users }) =>
      nothing(
        "Whose films shall it be?",
        "Pick a user above, type any id, or begin with one of these.",
        ...users.map(pick),
      );
    return found.load(ask, { n: 0, empty: begin, signal });
  }

  const empty = () =>
    nothing(
      route.genre ? `No ${route.genre} film is left to recommend` : "Nothing is left to recommend",
      route.seen ? "The model has no film for this choice." : "The user may have seen all of them.",
      !route.seen && h("button", { type: "button", onclick: () => change({ seen: true }) }, "Show seen films"),
      route.genre && h("button", { type: "button", onclick: () => change({ genre: "" }) }, "All genres"),
    );

  async function show(to, until) {
    [route, signal] = [to, until];
    picker.set(route.user);
    columns.classList.toggle("alone", !route.user);
    chosen.element.hidden = !route.user;
    if (!route.user) return nobody();
    heading.textContent = `Films for user ${route.user}`;
    const told = (films) => `${films} for user ${route.user}${route.genre ? `, ${route.genre}` : ""}`;
    const nearest = (genre) => change({ genre });
    const ask = () => api.recommendations(route.user, route, signal);
    await Promise.all([found.load(ask, { n: route.n, told, empty, before, nearest, signal }), remember()]);
  }

  return { element, heading, filters: chosen, show, title: () => heading.textContent };
}
