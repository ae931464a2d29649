"""What a server was asked to be: one frozen value, made by the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

from local_aws.engine.base import LOCAL
from local_aws.recording.record import OWNER, Record
from local_aws.recording.roles import RoleKey

HOST = "127.0.0.1"
"""Where the server listens unless it is told otherwise, and where its own commands find it in any case."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of one server."""

    root: Path
    port: int
    s3_port: int
    spark_python: Path
    cores: int
    access_key: str
    secret_key: str = field(repr=False)
    region: str
    state_file: Path
    startup_delay: float
    log_delay: float = 0.0
    seconds_per_minute: float = 60.0
    warm_up: bool = True
    authenticate: bool = True
    max_processes: int = 4
    engine: str = LOCAL
    max_workers: int = 2
    worker_memory_mb: int = 1024
    java_options: str = ""
    record_file: Path | None = None
    role_keys: Mapping[str, RoleKey] = field(default_factory=dict, repr=False)
    host: str = HOST
    names: tuple[str, ...] = ()

    @property
    def record(self) -> Record | None:
        """Where calls are written down; nothing if they are not."""
        if self.record_file is None:
            return None
        roles = {key.id: role for role, key in self.role_keys.items()}
        return Record(path=self.record_file, principals={self.access_key: OWNER, **roles})

    @property
    def in_network(self) -> bool:
        """Whether others than programs of this machine can reach the server."""
        return not IPv4Address(self.host).is_loopback

    @property
    def reached_at(self) -> str:
        """The address at which this machine's own programs find the server."""
        return HOST if IPv4Address(self.host).is_unspecified else self.host

    @property
    def worker_cores(self) -> int:
        """The cores of each worker of a standalone engine."""
        return max(1, self.cores // self.max_workers)

    @property
    def buckets(self) -> Path:
        """The folder whose subfolders are the buckets."""
        return self.root / "s3"

    @property
    def work(self) -> Path:
        """The folder of the working directories of steps and job runs."""
        return self.root / "work"

    @property
    def clusters(self) -> Path:
        """The folder of the clusters' journals."""
        return self.root / "clusters"

    @property
    def documents(self) -> Path:
        """The file of Glue's and EMR Serverless's jobs, runs, crawlers, applications and of the Data Catalog."""
        return self.root / "documents.sqlite"

    @property
    def logs(self) -> Path:
        """The folder of the server's own logs."""
        return self.root / "logs"

    @property
    def cache(self) -> Path:
        """What makes later starts faster and may be deleted at any time."""
        return self.root / "cache"

    @property
    def endpoint_url(self) -> str:
        """Where every service but S3 answers."""
        return f"http://{self.reached_at}:{self.port}"

    @property
    def s3_endpoint_url(self) -> str:
        """Where S3 answers."""
        return f"http://{self.reached_at}:{self.s3_port}"

    def connection(self) -> dict[str, str]:
        """Return what a client needs, under the names that boto3 gives them."""
        return {
            "endpoint_url": self.endpoint_url,
            "s3_endpoint_url": self.s3_endpoint_url,
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "region_name": self.region,
        }

    def client_environment(self) -> dict[str, str]:
        """Return the environment in which boto3 and the AWS CLI find this server by themselves."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.s3_endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }
