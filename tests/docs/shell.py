"""A shell that a page's commands are typed into, one after the other, in a copy of the repository."""

import os
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.reading import Kind, Step
from tools.settings import REPOSITORY

_KEEP = '; status=$?; env -0 >"$PENSTOCK_DOCS_STATE"; exit $status'
"""What a command has set stays set for the next one."""


@dataclass
class Shell:
    """Where it is, what is set, and what runs in the background."""

    folder: Path
    environment: dict[str, str]
    state: Path
    background: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def follow(self, step: Step, *, seconds: float, ready: str = "") -> tuple[int, str]:
        """Do what a step says: exit status and everything printed.

        With `ready`, a text that it prints or an address that then answers, it goes on behind.
        """
        if step.kind is Kind.FILE:
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
            return 0, ""
        if step.kind is Kind.CHANGE:
            done = subprocess.run(
                ["patch", "--strip=1"], cwd=self.folder, input=step.text, capture_output=True, text=True, check=False
            )
            return done.returncode, done.stdout + done.stderr
        return self._behind(step.text, seconds, ready) if ready else self._typed(step.text, seconds)

    def _typed(self, command: str, seconds: float) -> tuple[int, str]:
        environment = {**self.environment, "PENSTOCK_DOCS_STATE": str(self.state)}
        process = subprocess.Popen(
            ["bash", "-c", f"set -a -o pipefail; {command}{_KEEP}"],
            cwd=self.environment["PWD"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            return -1, process.communicate()[0]
        if self.state.exists():
            pairs = self.state.read_bytes().decode().split("\0")
            self.environment = dict(each.split("=", 1) for each in pairs if "=" in each)
            self.state.unlink()
        return process.returncode, output

    def _behind(self, command: str, seconds: float, ready: str) -> tuple[int, str]:
        log = self.state.with_suffix(".log")
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.environment["PWD"],
                env=self.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.background.append(process)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            if answers(ready) if ready.startswith("http") else ready in log.read_text(encoding="utf-8"):
                return 0, ready
            time.sleep(0.2)
        return process.poll() or -1, log.read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End what goes on behind."""
        for each in self.background:
            if each.poll() is None:
                os.killpg(each.pid, signal.SIGTERM)
                each.wait(timeout=60)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def environment(folder: Path) -> dict[str, str]:
    """The reader's: nothing of Penstock is set but where the tests were told to find data and interpreters."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PENSTOCK_", "PYTEST_", "MAKE")) or name == "PENSTOCK_DATA"
    }
    kept.pop("MFLAGS", None)
    return {**kept, "PWD": str(folder), "COLUMNS": "120", "PYTHONPATH": ""} | _interpreters()


def _interpreters() -> dict[str, str]:
    """Elsewhere than in the repository's .venv: what stands in the reader's place for `.venv/<environment>`."""
    names = [name for name in os.environ if name.startswith("PENSTOCK_") and name.endswith("_PYTHON")]
    return {} if (REPOSITORY / ".venv").exists() else {name: os.environ[name] for name in names}
