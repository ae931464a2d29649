"""The S3 locations of job code."""

from __future__ import annotations

from dataclasses import dataclass

JOBS_ZIP = "jobs.zip"
LAUNCHER = "spark_jobs/launch.py"
"""Starts a job's driver in the Python of an archive."""
INSTALLER = "bootstrap/environment.sh"
"""Bootstrap action: puts the Spark environment on every node."""


@dataclass(frozen=True)
class Code:
    """One immutable bundle of job code."""

    uri: str

    @property
    def jobs_zip(self) -> str:
        """The importable packages: penstock, spark_jobs, glue_scripts."""
        return f"{self.uri}/{JOBS_ZIP}"

    @property
    def launcher(self) -> str:
        """The script that starts another one in the Python of an archive."""
        return self.script(LAUNCHER)

    def script(self, path: str) -> str:
        """An entry script, by its path in the repository."""
        return f"{self.uri}/{path}"
