// The service's interface, and what can go wrong with it. The key lives as long as the tab.

const KEY = "penstock-api-key";
const BASE = new URL(".", document.baseURI);

/** What the service, or the way to it, has answered instead of a result. `status` is 0 where nothing answered. */
export class Refusal extends Error {
  constructor(status, code, message, nearest = [], wait = 0) {
    super(message);
    Object.assign(this, { status, code, nearest, wait });
  }
}

export const key = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

/** JSON whose whole numbers above 2^53 stay what they are, as text: ids have 64 bits. */
const exact = (text) =>
  JSON.parse(text, (_, value, context) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (context?.source ?? value)
      : value,
  );

async function read(response) {
  const text = await response.text();
  try {
    return exact(text);
  } catch {
    const message = `The service answered ${response.status} with something else than JSON.`;
    throw new Refusal(response.status, "not_json", message);
  }
}

async function call(path, { query = {}, body, signal } = {}) {
  const address = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) if (value !== "") address.searchParams.set(name, value);
  const headers = { Accept: "application/json" };
  if (key.get()) headers.Authorization = `Bearer ${key.get()}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address, { method: body === undefined ? "GET" : "POST", headers, body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, "unreachable", `Nothing answers at ${BASE.host}.`);
  }
  const answer = await read(response);
  if (response.ok) return answer;
  const { code = "error", message = response.statusText, nearest = [] } = answer?.error ?? {};
  throw new Refusal(response.status, code, message, nearest, Number(response.headers.get("Retry-After")) || 0);
}

export const recommendations = (user, { n, genre, seen }, signal) =>
  call(`v1/users/${user}/recommendations`, { query: { n, genre, exclude_seen: !seen }, signal });

export const history = (user, n, signal) => call(`v1/users/${user}/history`, { query: { n }, signal });

export const users = (query, n, signal) => call("v1/users", { query: { query, n }, signal });

export const items = (query, n, signal) => call("v1/items", { query: { query, n }, signal });

export const item = (id, signal) => call(`v1/items/${id}`, { signal });

export const similar = (id, { n, genre }, signal) => call(`v1/items/${id}/similar`, { query: { n, genre }, signal });

export const genres = (signal) => call("v1/genres", { signal });

// Ids are digits already (state.js), and JSON.stringify would round the long ones.
export const anonymous = (liked, { n, genre }, signal) =>
  call("v1/recommendations/anonymous", {
    body: `{"liked":[${liked.join(",")}],"n":${n},"genre":${genre ? JSON.stringify(genre) : "null"}}`,
    signal,
  });

export const models = (signal) => call("v1/models", { signal });

export const reload = (request) => call("v1/models/reload", { body: JSON.stringify(request) });

export const reloadStatus = (id, signal) => call(`v1/models/reloads/${encodeURIComponent(id)}`, { signal });
