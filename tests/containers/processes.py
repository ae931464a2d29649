"""Each service of docker-compose.yaml as a process of this machine: its command, environment, volumes and health check.

What a container brings is mapped: names of services and their ports to free ports of 127.0.0.1, /var/lib/penstock and
/secrets to folders with the volumes that the service mounts and no others, `python` to the environment of its image.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.containers.compose import COMPLETED, REPOSITORY, Service, entrypoint, environment_of, in_order, read
from tests.containers.postgres import Postgres
from tests.system.conftest import free_ports

PUBLISHED = ("PENSTOCK_AIRFLOW_PORT", "PENSTOCK_AWS_PORT", "PENSTOCK_S3_PORT", "PENSTOCK_MLFLOW_PORT")
SERVING_PORT, POSTGRES_PORT = "PENSTOCK_SERVING_PORT", "PENSTOCK_POSTGRES_PORT"
INTERPRETERS = {
    each: os.environ.get(f"PENSTOCK_{each.upper()}_PYTHON", str(REPOSITORY / ".venv" / each / "bin/python"))
    for each in ("airflow", "local", "spark", "serving")
}
HOST = "127.0.0.1"
LONGEST_START = float(os.environ.get("PENSTOCK_START_SECONDS") or 300)
LONGEST_RUN = float(os.environ.get("PENSTOCK_RUN_SECONDS") or 1_800)


@dataclass(kw_only=True)
class Machine:
    """Where the volumes lie, and what was started."""

    folder: Path
    postgres_folder: Path
    ports: dict[str, str] = field(init=False)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = (*PUBLISHED, SERVING_PORT, POSTGRES_PORT)
        self.ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
        self.services = read(self.ports)
        self.postgres = Postgres(folder=self.postgres_folder, port=int(self.ports[POSTGRES_PORT]))

    def volume(self, name: str) -> Path:
        return self.folder / "volumes" / name

    def up(self) -> None:
        """`docker compose up --wait`."""
        for service in in_order({name: each for name, each in self.services.items() if not each.profiles}):
            for name, condition in service.dependencies.items():
                if condition != COMPLETED:
                    self.until_healthy(self.services[name])
            if self.is_one_shot(service):
                status, output = self.run(service)
                assert status == 0, f"{service.name} ended with status {status}:\n{output}"
            else:
                self.start(service)
        for name in self.running:
            self.until_healthy(self.services[name])

    def is_one_shot(self, service: Service) -> bool:
        return service.health is None

    def run(self, service: Service, *more: str) -> tuple[int, str]:
        """`docker compose run --rm`: to its end; status and everything printed."""
        done = subprocess.run(
            [*self.command(service), *more],
            env=self.environment(service),
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        return done.returncode, done.stdout

    def start(self, service: Service) -> None:
        with self.log(service).open("ab") as log:
            self.running[service.name] = subprocess.Popen(
                self.command(service),
                env=self.environment(service),
                cwd=REPOSITORY if service.target else self.postgres_folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **({} if service.target else self.postgres.user),
            )

    def until_healthy(self, service: Service) -> None:
        deadline = time.monotonic() + LONGEST_START
        while not self.healthy(service):
            ended = self.running[service.name].poll()
            late = time.monotonic() > deadline
            assert ended is None, f"{service.name} ended with status {ended}:\n{self.log_end(service)}"
            assert not late, f"{service.name} is not healthy within {LONGEST_START} s:\n{self.log_end(service)}"
            time.sleep(0.5)

    def healthy(self, service: Service) -> bool:
        """Its own health check, in its own environment."""
        assert service.health
        program, *options = service.health
        found = self.python(service) if service.target else str(self.postgres.programs / program)
        environment = self.environment(service) | {"PGPORT": self.ports[POSTGRES_PORT]}
        command = [found, *options]
        try:
            done = subprocess.run(
                command,
                env=environment,
                cwd=REPOSITORY,
                capture_output=True,
                check=False,
                timeout=self.patience(service),
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def patience(self, service: Service) -> float:
        """Seconds that the file gives to one check."""
        return float(service.said["healthcheck"]["timeout"].removesuffix("s"))

    def command(self, service: Service) -> list[str]:
        if service.target is None:
            return self.postgres.command(service, self.mapped_secrets(service) / "database" / "database_password")
        program, *words = entrypoint()
        assert program == "python"
        return [self.python(service), *words, *service.command]

    def python(self, service: Service) -> str:
        assert service.target
        return INTERPRETERS[environment_of(service.target)]

    def environment(self, service: Service) -> dict[str, str]:
        """What the service is told, with places of this machine; nothing else but where programs are."""
        here = {
            **{f"PENSTOCK_{name.upper()}_PYTHON": path for name, path in INTERPRETERS.items()},
            **{name: self.ports[name] for name in PUBLISHED},
            SERVING_PORT: self.ports[SERVING_PORT],
            "PENSTOCK_SECRETS": str(self.mapped_secrets(service)),
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "COLUMNS": "160",
        }
        if home := service.volumes.get("/var/lib/penstock"):
            self.volume(home).mkdir(parents=True, exist_ok=True)
            here["PENSTOCK_HOME"] = str(self.volume(home))
        if "PENSTOCK_DATA" in os.environ:
            here["PENSTOCK_DATA"] = os.environ["PENSTOCK_DATA"]
        return {**{name: self._here(value) for name, value in service.environment.items()}, **here}

    def _here(self, value: str) -> str:
        places = {"serving:8480": f"{HOST}:{self.ports[SERVING_PORT]}"}
        places["postgres:5432"] = f"{HOST}:{self.ports[POSTGRES_PORT]}"
        for there, here in places.items():
            value = value.replace(there, here)
        return HOST if value in self.services or value == "0.0.0.0" else value

    def mapped_secrets(self, service: Service) -> Path:
        """A folder with the secrets that the service mounts: what it does not mount, it does not find."""
        folder = self.folder / "services" / service.name
        folder.mkdir(parents=True, exist_ok=True)
        for place, name in service.volumes.items():
            if place.startswith("/secrets/"):
                self.volume(name).mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileExistsError):
                    (folder / place.rpartition("/")[2]).symlink_to(self.volume(name))
        return folder

    def log_end(self, service: Service) -> str:
        return self.log(service).read_text(errors="replace")[-3_000:]

    def log(self, service: Service) -> Path:
        return self.folder / f"{service.name}.log"

    def down(self, names: Mapping[str, object] | None = None) -> None:
        """Stop what was started, last first; none survives."""
        for name in reversed(list(self.running if names is None else names)):
            process = self.running.pop(name)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
