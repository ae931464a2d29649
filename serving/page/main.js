// The page: the address decides which view is shown, and with what.

import { focusHeading } from "./dom.js";
import { foot } from "./facts.js";
import { filmView } from "./film-view.js";
import { likeView } from "./like-view.js";
import { parse } from "./state.js";
import { userView } from "./user-view.js";

const views = { user: userView(), like: likeView(), film: filmView() };
const main = document.getElementById("main");
let [shown, stop] = [null, new AbortController()];

/** The filters' own trouble is the results' trouble too, and told there. */
const quietly = (promise) =>
  promise.catch((error) => {
    if (error.name !== "AbortError" && error.status === undefined) throw error;
  });

function mark(name) {
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function render() {
  const route = parse(location.hash);
  const view = views[route.view];
  stop.abort();
  stop = new AbortController();
  const fresh = shown && (shown.view !== route.view || shown.film !== route.film);
  if (shown?.view !== route.view) main.replaceChildren(view.element);
  mark(route.view);
  const { signal } = stop;
  quietly(view.filters.show(route, signal));
  view.show(route, signal);
  document.title = `${view.title()} · Penstock`;
  if (fresh) focusHeading(view.heading);
  shown = route;
}

const facts = foot(render);
document.getElementById("foot").append(facts.element);
window.addEventListener("hashchange", render);
window.addEventListener("penstock:key", () => {
  facts.show();
  render();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address is the page's state: it must not become #main
  focusHeading(main.querySelector("h1"));
});
render();
facts.show();
