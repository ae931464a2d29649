// A picture for every film without a poster: a pattern drawn from its title, in the colours of its genres.

import { s } from "./dom.js";

// Hues in degrees of OKLCH for the names that MovieLens uses; any other name gets one of its own.
const HUES = {
  Action: 35,
  Adventure: 70,
  Animation: 100,
  Children: 120,
  Comedy: 85,
  Crime: 15,
  Documentary: 220,
  Drama: 275,
  Fantasy: 310,
  "Film-Noir": 255,
  Horror: 25,
  IMAX: 205,
  Musical: 340,
  Mystery: 290,
  Romance: 355,
  "Sci-Fi": 240,
  Thriller: 195,
  War: 130,
  Western: 55,
};
const SIZE = 120;

/** 32 bits of a text that differ where the text does (FNV-1a). */
function hash(text) {
  let bits = 0x811c9dc5;
  for (const letter of text) bits = Math.imul(bits ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return bits;
}

/** Numbers in 0..1, the same ones for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The hue of a genre. */
export const hue = (genre) => (Object.hasOwn(HUES, genre) ? HUES[genre] : hash(genre) % 360);

/** Give an element the two hues of its genres; the style sheet makes colours of them, for light and for dark. */
export function tint(element, genres) {
  const first = genres.length ? hue(genres[0]) : 230;
  element.style.setProperty("--hue", first);
  element.style.setProperty("--hue2", genres.length > 1 ? hue(genres[1]) : first + 40);
  return element;
}

const pick = (random, choices) => choices[Math.floor(random() * choices.length)];
const ink = (random) => pick(random, ["ink-a", "ink-b", "ink-c"]);

function quarters(random) {
  const step = SIZE / 4;
  const cell = (index) => {
    const [x, y] = [(index % 4) * step, Math.floor(index / 4) * step];
    const turn = `rotate(${pick(random, [0, 90, 180, 270])} ${x + step / 2} ${y + step / 2})`;
    const kind = random();
    if (kind < 0.14) return s("circle", { cx: x + step / 2, cy: y + step / 2, r: step / 2.6, class: ink(random) });
    if (kind < 0.26) return s("path", { d: `M${x} ${y}h${step}v${step}z`, transform: turn, class: ink(random) });
    if (kind < 0.86) {
      const d = `M${x} ${y}h${step}a${step} ${step} 0 0 1 ${-step} ${step}z`;
      return s("path", { d, transform: turn, class: ink(random) });
    }
    return null;
  };
  return Array.from({ length: 16 }, (_, index) => cell(index));
}

function rings(random) {
  const [x, y] = [pick(random, [0, 30, 60, 90, 120]), pick(random, [0, 30, 60])];
  const inks = ["ink-a", "ink-c", "ink-b", "ink-d"];
  return [110, 92, 74, 56, 38, 20].map((r, index) => s("circle", { cx: x, cy: y, r, class: inks[index % 4] }));
}

function rays(random) {
  const [x, y, count] = [pick(random, [0, 60, 120]), pick(random, [0, 90]), pick(random, [14, 18, 24])];
  const point = (turn) => `${x + 200 * Math.cos(turn)} ${y + 200 * Math.sin(turn)}`;
  const angle = (2 * Math.PI) / count;
  const beam = (_, i) =>
    s("path", { d: `M${x} ${y}L${point(i * angle)}L${point((i + 0.5) * angle)}z`, class: "ink-a" });
  return [...Array.from({ length: count }, beam), s("circle", { cx: x, cy: y, r: 24, class: "ink-b" })];
}

function hills(random) {
  const layer = (_, index) => {
    const [y, swing] = [24 + index * 20, 8 + random() * 14];
    const d = `M0 ${y}C30 ${y - swing} 40 ${y + swing} 65 ${y}S100 ${y - swing} 120 ${y}V120H0z`;
    return s("path", { d, class: ["ink-a", "ink-c", "ink-b", "ink-d"][index % 4] });
  };
  const sun = s("circle", { cx: 25 + random() * 70, cy: 22, r: 13, class: "ink-b" });
  return [sun, ...Array.from({ length: 5 }, layer)];
}

function stripes(random) {
  const [turn, step] = [pick(random, [-45, -30, 30, 45]), pick(random, [10, 14, 18])];
  const bar = (_, i) =>
    s("rect", { x: -80 + i * step, y: -80, width: step * 0.55, height: 280, class: ["ink-a", "ink-c"][i % 2] });
  const bars = s("g", { transform: `rotate(${turn} 60 60)` }, Array.from({ length: Math.ceil(280 / step) }, bar));
  return [bars, s("circle", { cx: pick(random, [30, 60, 90]), cy: 44, r: 26, class: "ink-b" })];
}

function dots(random) {
  const [focus, step] = [random() * SIZE, 15];
  const dot = (_, index) => {
    const [x, y] = [(index % 8) * step + 7.5, Math.floor(index / 8) * step + 7.5];
    const r = Math.max(1.2, 7 - Math.hypot(x - focus, y - 36) / 14);
    return s("circle", { cx: x, cy: y, r, class: (index + Math.floor(index / 8)) % 3 ? "ink-a" : "ink-b" });
  };
  return Array.from({ length: 64 }, dot);
}

const PATTERNS = [quarters, rings, rays, hills, stripes, dots, quarters];

/** The picture of a title: decoration, so it is hidden from screen readers. */
export function art(title) {
  const random = numbers(hash(title));
  const shapes = pick(random, PATTERNS)(random);
  const frame = {
    viewBox: `0 0 ${SIZE} ${SIZE}`,
    preserveAspectRatio: "xMidYMin slice",
    class: "art",
    "aria-hidden": "true",
  };
  return s("svg", { ...frame, focusable: "false" }, shapes);
}
