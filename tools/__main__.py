"""`python -m tools`."""

from tools.cli import app

app(prog_name="python -m tools")
