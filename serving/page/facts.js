// The foot of the page: which model answers, the key in use, and the reload for those who may.

import { key, models } from "./api.js";
import { h } from "./dom.js";
import { keyForm } from "./key.js";
import { reloadPanel } from "./reload.js";

const COUNTED = [
  ["users", "users"],
  ["items", "films"],
  ["genres", "genres"],
  ["rank", "factors"],
];
const when = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

const fact = (value, name) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function facts(model) {
  const counts = COUNTED.map(([field, name]) => fact(Number(model[field]).toLocaleString("en"), name));
  const loaded = h("time", { datetime: model.loaded_at }, when.format(new Date(model.loaded_at)));
  return h("dl", {}, fact(model.version, "model version"), fact(model.model, "model"), counts, fact(loaded, "loaded"));
}

/** The foot; `changed()` is called when another version answers. */
export function foot(changed) {
  const told = h("div", { class: "facts", role: "group", "aria-label": "The model that answers" });
  const keys = h("div", { class: "keys" });
  const panel = reloadPanel(() => {
    show();
    changed();
  });
  const element = h("div", {}, told, h("div", { class: "tools" }, panel.element, keys));

  function keyTools() {
    if (!key.get()) return h("details", {}, h("summary", {}, "Use an API key"), keyForm());
    const forget = () => {
      key.forget();
      window.dispatchEvent(new Event("penstock:key"));
    };
    return h("button", { type: "button", class: "quiet", onclick: forget }, "Forget the API key");
  }

  async function show() {
    keys.replaceChildren(keyTools());
    try {
      const answer = await models();
      told.replaceChildren(
        ...(answer.models.length ? answer.models.map(facts) : [h("p", {}, "No model is loaded yet.")]),
      );
      panel.show(answer);
    } catch (error) {
      if (error.status === undefined) throw error;
      told.replaceChildren(h("p", {}, `The model is not known: ${error.message}`));
      panel.show(null);
    }
  }

  return { element, show };
}
