// The genre chips, how many, and whether films that were seen are shown: one step of the history for each change.

import { genres } from "./api.js";
import { tint } from "./art.js";
import { h, unique } from "./dom.js";
import { COUNTS } from "./state.js";

/** `change(part of a route)` is told what was chosen. Radio buttons bring the arrow keys and one tab stop by themselves. */
export function filters({ change, seen = false }) {
  const [group, select, toggle] = [unique("genre"), unique("count"), unique("seen")];
  const chips = h("div", { class: "chips" });
  const choice = h("select", { id: select, onchange: () => change({ n: Number(choice.value) }) });
  const box = h("input", {
    type: "checkbox",
    role: "switch",
    id: toggle,
    onchange: () => change({ seen: box.checked }),
  });
  const switcher = seen && h("label", { class: "switch", for: toggle }, box, h("span", {}, "Show seen films"));
  const counts = h("div", { class: "count" }, h("label", { for: select }, "Show"), choice);
  const fields = h("fieldset", { class: "genres" }, h("legend", {}, "Genre"), chips);
  const element = h("div", { class: "filters" }, fields, h("div", { class: "options" }, counts, switcher));
  let names = [];

  function chip(value, label) {
    const id = unique("chip");
    const onchange = () => change({ genre: value });
    const radio = h("input", { type: "radio", name: group, id, value, class: "unseen", onchange });
    return tint(
      h("span", { class: value ? "chip" : "chip all" }, radio, h("label", { for: id }, label)),
      value ? [value] : [],
    );
  }

  function offer(known) {
    names = known;
    chips.replaceChildren(chip("", "All"), ...known.map((name) => chip(name, name)));
  }

  /** Show a route's choices; a genre or a number that is not offered is offered too, so that the address stays true. */
  async function show(route, signal) {
    const known = (await genres(signal)).genres.map(({ name }) => name);
    if (route.genre && !known.includes(route.genre)) known.push(route.genre);
    if (known.join("\n") !== names.join("\n") || chips.childElementCount === 0) offer(known);
    for (const radio of chips.querySelectorAll("input")) radio.checked = radio.value === route.genre;
    const offered = [...new Set([...COUNTS, route.n])].sort((a, b) => a - b);
    choice.replaceChildren(...offered.map((n) => h("option", { value: n, selected: n === route.n }, `${n} films`)));
    box.checked = route.seen;
  }

  return { element, show };
}
