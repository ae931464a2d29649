// A text box that suggests, by the ARIA pattern "editable combobox with list autocomplete":
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

import { announce, count, h, unique } from "./dom.js";

const PAUSE_MS = 140;

/**
 * `search(text, signal)` gives [{value, label, detail}]; `onPick(value, label)` is told the choice;
 * `free(text)` turns what was typed into a value without a suggestion, or null.
 */
export function combobox({ label, hint, placeholder, noun, inputmode, search, onPick, free = () => null }) {
  const [id, list] = [unique("combobox"), unique("listbox")];
  const note = h("p", { class: "hint", id: `${id}-hint` }, hint);
  const input = h("input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder,
    inputmode,
    enterkeyhint: "go",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list,
    "aria-describedby": `${id}-hint`,
  });
  const popup = h("ul", { id: list, role: "listbox", "aria-label": label, class: "popup", hidden: true });
  const element = h(
    "div",
    { class: "combobox" },
    h("label", { for: id }, label),
    h("div", { class: "anchor" }, input, popup),
    note,
  );
  let [suggestions, active, timer, pending] = [[], -1, 0, null];

  function open(shown) {
    popup.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) mark(-1);
  }

  function mark(index) {
    active = index;
    [...popup.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", popup.children[index].id);
    popup.children[index].scrollIntoView({ block: "nearest" });
  }

  function complain(sentence) {
    note.textContent = sentence ?? hint;
    note.classList.toggle("wrong", Boolean(sentence));
    if (sentence) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    if (sentence) announce(sentence);
  }

  function pick(value, name) {
    stop();
    complain();
    open(false);
    onPick(value, name);
  }

  function stop() {
    clearTimeout(timer);
    pending?.abort();
  }

  function option({ value, label: name, detail }) {
    const content = [h("span", { dir: "auto" }, name), detail && h("span", { class: "detail" }, detail)];
    const onclick = () => pick(value, name);
    return h("li", { role: "option", id: unique("option"), "aria-selected": "false", onclick }, content);
  }

  async function suggest() {
    stop();
    pending = new AbortController();
    try {
      suggestions = await search(input.value.trim(), pending.signal);
    } catch (error) {
      if (error.name !== "AbortError") complain(error.message);
      return;
    }
    popup.replaceChildren(...suggestions.map(option));
    mark(-1);
    open(suggestions.length > 0 && document.activeElement === input);
    announce(suggestions.length ? count(suggestions.length, "suggestion") : `No ${noun} suggested`);
  }

  async function enter() {
    if (active >= 0) return pick(suggestions[active].value, suggestions[active].label);
    const value = free(input.value.trim());
    if (value !== null) return pick(value, input.value.trim());
    await suggest();
    if (suggestions.length === 1) return pick(suggestions[0].value, suggestions[0].label);
    return complain(suggestions.length ? undefined : `There is no such ${noun}. ${hint}`);
  }

  function move(step) {
    if (popup.hidden) return suggest();
    const size = suggestions.length;
    return mark(active < 0 ? (step > 0 ? 0 : size - 1) : (active + step + size) % size);
  }

  const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: enter, Escape: () => open(false) };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !Object.hasOwn(keys, event.key)) return;
    if (event.key === "Escape" && popup.hidden) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("input", () => {
    complain();
    stop();
    timer = setTimeout(suggest, PAUSE_MS);
  });
  input.addEventListener("click", () => popup.hidden && suggest());
  input.addEventListener("blur", () => {
    stop();
    open(false);
  });
  popup.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  const set = (text) => {
    if (document.activeElement !== input || !text) input.value = text;
    complain();
  };
  return { element, input, set };
}
