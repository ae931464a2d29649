"""Sphinx's settings for the site that `make docs` makes of this folder.

Nothing on a page comes from elsewhere: styles, scripts, icons and the search index lie beside it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
DRAWING = "mermaid.tiny.js"
OTHERS = "(every page that is named nowhere else)"
"""In a table of contents."""
INCLUDED = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "how-to/security.md",
    "infra/README.md": "how-to/infrastructure.md",
    "local_aws/README.md": "reference/local-aws.md",
    "local_aws/COVERAGE.md": "reference/coverage.md",
    "notebooks/README.md": "how-to/notebooks.md",
    "dags/workflow/prices/README.md": "reference/prices.md",
}
"""Pages elsewhere in the repository, and the page of the site that has them."""

project = "Penstock"
author = "Penstock's contributors"
html_title = "Penstock"

extensions = ["myst_parser", "sphinx_copybutton", "sphinx_design"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["diagrams/node_modules"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 4

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
html_context = {"default_mode": "auto"}
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
        app.add_js_file("draw.js", loading_method="defer")


def _relink(text: str, written_in: Path, shown_in: Path) -> str:
    """Links as the site has them: from the page that shows the text, and to the site's own pages where it has them."""

    def target(match: re.Match[str]) -> str:
        found = (written_in.parent / match[1]).resolve()
        inside = found.relative_to(REPOSITORY).as_posix() if found.is_relative_to(REPOSITORY) else ""
        place = HERE / INCLUDED[inside] if inside in INCLUDED else found
        return f"]({os.path.relpath(place, shown_in.parent)}{match[2] or ''})"

    return re.sub(r"\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)", target, text)


def _others() -> str:
    """The pages of this folder that no table of contents names: a new one is found without being entered."""
    tables = "".join(each.read_text(encoding="utf-8") for each in HERE.rglob("index.md"))
    return "\n".join(
        f"../{each.stem}" for each in sorted(HERE.glob("*.md")) if not re.search(rf"\b{each.stem}\b", tables)
    )


def _read(app: Sphinx, page: str, content: list[str]) -> None:
    here = HERE / f"{page}.md"
    content[0] = _relink(content[0], here, here).replace(OTHERS, _others())


def _read_included(app: Sphinx, path: Path, page: str, content: list[str]) -> None:
    content[0] = _relink(content[0], HERE / path, HERE / f"{app.env.docname}.md")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_directive("mermaid", Mermaid)
    app.connect("source-read", _read)
    app.connect("include-read", _read_included)
    app.connect("html-page-context", _add_drawing)
