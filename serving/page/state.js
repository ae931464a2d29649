// What is shown is what the address says: `#/user/42?genre=Comedy&n=24&seen=1`, `#/like/1,260`, `#/film/318`.

export const COUNTS = [12, 24, 48, 96];
export const MOST_LIKED = 50;
const ID = /^-?\d{1,19}$/;

/** Whether a text can be an id: a whole number that fits 64 bits, or nearly. */
export const isId = (text) => ID.test(text);

const HOME = { view: "user", user: "", film: "", liked: [], genre: "", n: COUNTS[0], seen: false };

function text(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return ""; // an address that somebody has cut off in the middle of a %
  }
}

const readers = {
  user: (rest) => ({ user: isId(rest) ? rest : "" }),
  like: (rest) => ({ liked: [...new Set(rest.split(",").filter(isId))].slice(0, MOST_LIKED) }),
  film: (rest) => (isId(rest) ? { film: rest } : { view: "user" }),
};

/** The route of an address; what it does not understand, it leaves at its default. */
export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [view, rest = ""] = path.split("/");
  if (!Object.hasOwn(readers, view)) return { ...HOME };
  const given = new URLSearchParams(query);
  const n = Number(given.get("n"));
  return {
    ...HOME,
    view,
    genre: given.get("genre") ?? "",
    n: Number.isInteger(n) && n > 0 ? n : HOME.n,
    seen: given.get("seen") === "1",
    ...readers[view](text(rest)),
  };
}

/** The address of a route: the inverse of `parse`, defaults left out. */
export function format(route) {
  const rest = { user: route.user, like: route.liked?.join(","), film: route.film }[route.view];
  const query = new URLSearchParams();
  if (route.genre) query.set("genre", route.genre);
  if (route.n && route.n !== HOME.n) query.set("n", route.n);
  if (route.seen) query.set("seen", "1");
  return `#/${route.view}${rest ? `/${rest}` : ""}${query.size ? `?${query}` : ""}`;
}

/** Go somewhere: one step of the browser's history, nothing if it is where we are. */
export function go(route) {
  const address = format({ ...HOME, ...route });
  if (location.hash !== address) location.hash = address;
}

/** The same, in place of where we are: for steps that are not worth going back to. */
export function goInPlace(route) {
  history.replaceState(null, "", format({ ...HOME, ...route }));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}
