// Another version of the model, for those who may: asked for, and followed until it answers or is refused.

import { reload, reloadStatus } from "./api.js";
import { h, unique } from "./dom.js";

const POLL_MS = 400;
const ENDED = new Set(["loaded", "failed"]);
const STEPS = {
  pending: "waits for its turn",
  loading: "is being loaded and checked",
  loaded: "answers from now on",
  failed: "was refused",
};

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** The panel; `done()` is called when a new version answers. */
export function reloadPanel(done) {
  const [kind, field] = [unique("kind"), unique("what")];
  const choice = h(
    "select",
    { id: kind, onchange: label },
    h("option", { value: "version" }, "Version"),
    h("option", { value: "bundle_uri" }, "Location"),
  );
  const input = h("input", { id: field, type: "text", required: true, autocomplete: "off", spellcheck: "false" });
  const named = h("label", { for: field }, "Version to load");
  const submit = h("button", { class: "primary" }, "Reload");
  const progress = h("p", { class: "progress", role: "status" });
  const form = h(
    "form",
    { onsubmit: ask },
    h("div", { class: "field" }, h("label", { for: kind }, "Load by"), choice),
    h("div", { class: "field wide" }, named, input),
    submit,
    progress,
  );
  const element = h("details", { class: "reload", hidden: true }, h("summary", {}, "Reload the model"), form);

  function label() {
    const place = choice.value === "bundle_uri";
    named.textContent = place ? "Location to load" : "Version to load";
    input.placeholder = place ? "s3://…/bundles/<model>/<version>/" : "";
  }

  function tell(kindOf, sentence) {
    progress.className = `progress ${kindOf}`;
    progress.textContent = sentence;
  }

  async function follow(id, what) {
    for (;;) {
      const { status, error } = await reloadStatus(id);
      tell(status, `${what} ${STEPS[status] ?? status}${error ? `: ${error.message ?? error}` : "."}`);
      if (ENDED.has(status)) return status;
      await sleep(POLL_MS);
    }
  }

  async function ask(event) {
    event.preventDefault();
    const what = input.value.trim();
    if (!what) return;
    submit.disabled = true;
    tell("pending", "Asking …");
    try {
      const { id } = await reload({ [choice.value]: what });
      if ((await follow(id, what)) === "loaded") done();
    } catch (error) {
      if (error.status === undefined) throw error;
      tell("failed", error.message);
    } finally {
      submit.disabled = false;
    }
  }

  /** Offered to those who may: the answer of /v1/models tells. */
  function show(answer) {
    element.hidden = !answer || answer.may_reload === false;
  }

  return { element, show };
}
