// Draws the diagrams of a page, in the colours of the page, and again when these change.
const pictures = [...document.querySelectorAll("pre.mermaid")].map((element) => ({ element, text: element.textContent }));

async function draw() {
  const dark = document.documentElement.dataset.theme === "dark";
  mermaid.initialize({ startOnLoad: false, theme: dark ? "dark" : "neutral", securityLevel: "strict", flowchart: { useMaxWidth: false } });
  for (const { element, text } of pictures) {
    element.removeAttribute("data-processed");
    element.textContent = text;
  }
  await mermaid.run({ nodes: pictures.map(({ element }) => element) });
}

// A script and no module, so that it also runs where the pages are opened as files.
draw();
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
