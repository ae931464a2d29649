"""Sphinx's settings for the site that `make docs` makes of this folder.

Nothing on a page comes from elsewhere: styles, scripts, icons and the search index lie beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
DRAWING = "mermaid.tiny.js"

project = "Penstock"
author = "Penstock's contributors"
html_title = "Penstock"

extensions = ["myst_parser", "sphinx_copybutton", "sphinx_design"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["diagrams/node_modules"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 4
suppress_warnings = ["toc.empty_glob"]  # how-to/index.md names pages that a branch may not have yet

copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
highlight_language = "none"
pygments_style = "tango"

html_theme = "pydata_sphinx_theme"
html_static_path = ["style", f"diagrams/node_modules/@mermaid-js/tiny/dist/{DRAWING}"]
html_css_files = ["penstock.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_sidebars: dict[str, list[str]] = {"index": []}
html_theme_options: dict[str, Any] = {
    "logo": {"text": "Penstock"},
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "tango",
    "pygments_dark_style": "monokai",
}


class Mermaid(SphinxDirective):
    """A fenced block of the language mermaid: GitHub draws it, and so does the script on the page."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The text, which the script replaces by its picture; without scripts it can still be read."""
        text = nodes.Text("\n".join(self.content)).astext()
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return [nodes.raw("", f'<pre class="mermaid">{escaped}</pre>', format="html")]


def _add_drawing(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """The script is large: only pages with a diagram load it."""
    if '<pre class="mermaid">' in context.get("body", ""):
        app.add_js_file(DRAWING)
        app.add_js_file("draw.js", type="module")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_directive("mermaid", Mermaid)
    app.connect("html-page-context", _add_drawing)
