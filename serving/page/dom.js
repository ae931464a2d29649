// Elements made of data. Text goes in as text nodes only, so that a title with markup in it stays a title.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element: `on…` attributes are listeners; null, undefined and false are left out. */
export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** An SVG element. */
export const s = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

let last = 0;

/** An id that no other element has. */
export const unique = (stem) => `${stem}-${++last}`;

const reduced = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Put the focus on a heading without a jump that somebody has asked not to see. */
export function focusHeading(heading) {
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: reduced.matches ? "instant" : "smooth" });
}

/** Say something to those who do not see the page change; the same again, as while waiting, is said once. */
export function announce(sentence) {
  const status = document.getElementById("status");
  if (status.textContent !== sentence) status.textContent = sentence;
}

/** 1 film, 2 films. */
export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
