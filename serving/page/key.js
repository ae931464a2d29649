// The form for an API key or a token. It is kept for this tab only, and sent to this service only.

import { key } from "./api.js";
import { h, unique } from "./dom.js";

/** A form that keeps the key; whoever has been refused listens to `penstock:key` and asks again. */
export function keyForm() {
  const id = unique("key");
  const input = h("input", {
    id,
    type: "password",
    autocomplete: "off",
    required: true,
    spellcheck: "false",
    "aria-describedby": `${id}-hint`,
  });
  const onsubmit = (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    key.set(input.value.trim());
    window.dispatchEvent(new Event("penstock:key"));
  };
  const hint = h("p", { class: "hint", id: `${id}-hint` }, "It is kept until you close this tab.");
  return h(
    "form",
    { class: "key", onsubmit },
    h("label", { for: id }, "API key or token"),
    h("div", { class: "row" }, input, h("button", { class: "primary" }, "Use this key")),
    hint,
  );
}
