"""The service's command line: `python -m serving <command>`."""

from serving.cli import app

app()
