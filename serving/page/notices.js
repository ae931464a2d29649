// What is shown in place of a result: it is coming, there is none, or why not and what to do.

import { announce, h, unique } from "./dom.js";
import { keyForm } from "./key.js";

const RETRY_MS = 3_000;

/** Cards that are still empty; the region says aloud that it is busy. */
export function skeleton(number) {
  const one = () =>
    h(
      "li",
      { class: "card blank" },
      h("div", { class: "poster" }),
      h("div", { class: "about" }, h("p", { class: "line" }), h("p", { class: "line short" })),
    );
  return h("ol", { class: "cards", "aria-hidden": "true" }, Array.from({ length: Math.min(number, 12) }, one));
}

/** A heading, a sentence, and what can be done. */
export function notice(kind, title, sentence, ...actions) {
  const id = unique("notice");
  const row = actions.length > 0 && h("div", { class: "row" }, actions);
  return h(
    "section",
    { class: `notice ${kind}`, "aria-labelledby": id },
    h("h2", { id }, title),
    sentence && h("p", {}, sentence),
    row,
  );
}

const button = (text, onclick) => h("button", { type: "button", onclick }, text);

function notReady(refusal, again) {
  const wait = refusal.wait ? refusal.wait * 1000 : RETRY_MS;
  const shown = notice(
    "busy",
    "The model is not ready yet",
    `${refusal.message} This page asks again by itself.`,
    button("Ask again now", again),
  );
  // Only while somebody looks at it: a notice that was replaced asks no more.
  setTimeout(() => shown.isConnected && again(), wait);
  return shown;
}

const PAGES = {
  0: (refusal, again) =>
    notice(
      "error",
      "The service does not answer",
      `${refusal.message} Is it running, and are you online?`,
      button("Try again", again),
    ),
  401: (refusal) => notice("key", "This service asks for a key", refusal.message, keyForm()),
  403: (refusal) => notice("key", "This key may not do that", refusal.message, keyForm()),
  404: (refusal) => notice("error", "Not found", refusal.message),
  422: (refusal) => notice("error", "The service refuses this request", refusal.message),
  429: (refusal, again) => notice("error", "Too many requests", refusal.message, button("Try again", again)),
  503: notReady,
};

/** The page for a refusal, with its remedy; `nearest` turns a near miss into a button. */
export function refused(refusal, again, nearest) {
  const other = () => notice("error", "Something went wrong", refusal.message, button("Try again", again));
  const shown = (PAGES[refusal.status] ?? other)(refusal, again);
  if (refusal.nearest?.length && nearest) {
    shown.append(
      h(
        "div",
        { class: "row" },
        h("span", {}, "Did you mean"),
        refusal.nearest.map((name) => button(name, () => nearest(name))),
      ),
    );
  }
  announce(`${shown.querySelector("h2").textContent}. ${refusal.message}`);
  return shown;
}
