"""The models' command line: `python -m models <command>`."""

from models.cli import app

app()
