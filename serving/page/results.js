// The region in which an answer appears: skeleton, then cards, or what stands in their way.

import { announce, count, h } from "./dom.js";
import { card, meaning } from "./cards.js";
import { notice, refused, skeleton } from "./notices.js";

/** Cards in their order, with the meaning of their scores. */
export function list(items, { reason, actions }) {
  const best = Math.max(...items.map((item) => item.score));
  const kind = meaning(reason);
  return h(
    "ol",
    { class: "cards" },
    items.map((item) => card(item, { kind, best, actions: actions?.(item) })),
  );
}

/**
 * A region with `load(ask, {...})`: what comes late, after a newer question, is dropped. `headed` gives it a heading
 * for screen readers, where the page has none that all can see.
 */
export function results(label, { headed = true } = {}) {
  const content = h("div");
  const heading = headed && h("h2", { class: "unseen" }, label);
  const element = h("div", { class: "results", role: "region", "aria-label": label }, heading, content);

  /**
   * `ask()` gives an answer with items; `empty(answer)` is shown if there are none; `told(items)` is the sentence for screen readers; `before(answer)` goes above;
   * `nearest(name)` follows a "did you mean".
   */
  async function load(ask, { n, told, empty, before, actions, nearest, signal }) {
    const again = () => !signal.aborted && load(ask, { n, told, empty, before, actions, nearest, signal });
    element.setAttribute("aria-busy", "true");
    content.replaceChildren(skeleton(n));
    try {
      const answer = await ask();
      if (signal.aborted) return;
      const shown = answer.items.length ? list(answer.items, { reason: answer.reason, actions }) : empty(answer);
      content.replaceChildren(...[before?.(answer), shown].filter(Boolean));
      announce(
        answer.items.length ? told(count(answer.items.length, "film"), answer) : shown.querySelector("h2").textContent,
      );
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      if (error.status === undefined) throw error;
      content.replaceChildren(refused(error, again, nearest));
    }
    element.setAttribute("aria-busy", "false");
  }

  return { element, load };
}

/** Nothing to show, and why that may be. */
export const nothing = (title, sentence, ...actions) => notice("empty", title, sentence, ...actions);
