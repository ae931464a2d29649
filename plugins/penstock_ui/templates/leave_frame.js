// Airflow shows the page in a frame that may not open windows, so a link to Airflow's own pages is followed outside.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-outside]");
  if (!link || window.parent === window || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const outside = window.parent.document.createElement("a");
  outside.href = link.href;
  if (new URL(link.href).origin !== window.location.origin) Object.assign(outside, { target: "_blank", rel: "noopener noreferrer" });
  outside.click();
});
