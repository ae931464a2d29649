"""One variant's own AWS: a local AWS of its own, so that faults of one variant never meet another.

What happens there is read from its files, which no fault of an API call can hide.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")


@dataclass(kw_only=True)
class Cluster:
    """A cluster as its journal tells it; `steps` has the last state of each."""

    id: str
    name: str
    state: str = "STARTING"
    steps: dict[str, str] = field(default_factory=dict)
    ended: datetime | None = None

    def add(self, event: Mapping[str, Any]) -> None:
        """Take in what happened next."""
        if "steps" in event:
            self.steps |= {each["id"]: "PENDING" for each in event["steps"]}
        elif "step" in event:
            self.steps[event["step"]] = event["state"]
        elif "state" in event:
            self.state = event["state"]
            if self.state in ENDED:
                self.ended = datetime.fromisoformat(event["at"]).replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Lane:
    """One variant of the workflow and the AWS that it uses."""

    name: str
    root: Path
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ports: tuple[int, int]
    process: subprocess.Popen[bytes] | None = None

    @property
    def deferrable(self) -> bool:
        """Whether its tasks wait in the triggerer."""
        return self.name.endswith("deferrable")

    @property
    def ours(self) -> bool:
        """Whether it is built from Penstock's operators."""
        return self.name.startswith("penstock")

    @property
    def state_file(self) -> Path:
        """Present when the server is ready."""
        return self.root / "state.json"

    def start(self) -> None:
        """Start its AWS; does not wait."""
        self.root.mkdir(parents=True)
        port, s3_port = self.ports
        options = {"--root": self.root, "--state-file": self.state_file, "--port": port, "--s3-port": s3_port}
        flat = [str(part) for option in options.items() for part in option]
        # An idle timeout of the request's minutes must be over within a test; a cluster takes a moment to start.
        pace = ["--no-warm-up", "--cores", "1", "--startup-delay", "1", "--seconds-per-minute", "10"]
        with (self.root / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*self.command, *flat, *pace],
                cwd=REPOSITORY,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @cached_property
    def connection(self) -> dict[str, str]:
        """Endpoints and keys, from the state file."""
        found: dict[str, str] = json.loads(self.state_file.read_text())
        return found

    def airflow_connection(self) -> str:
        """The Airflow connection to it."""
        value = self.connection
        extra = {
            "region_name": value["region_name"],
            "endpoint_url": value["endpoint_url"],
            "service_config": {"s3": {"endpoint_url": value["s3_endpoint_url"]}},
        }
        login = {"login": value["aws_access_key_id"], "password": value["aws_secret_access_key"]}
        return json.dumps({"conn_type": "aws", **login, "extra": extra})

    def client(self, service: str) -> Any:
        """A boto3 client."""
        values = dict(self.connection)
        s3_url = values.pop("s3_endpoint_url")
        if service == "s3":
            values["endpoint_url"] = s3_url
        return boto3.client(service, **values, config=Config(proxies={}, s3={"addressing_style": "path"}))

    @cached_property
    def emr(self) -> Any:
        """The EMR client of the suite itself."""
        return self.client("emr")

    def order(self, kind: str, **order: Any) -> str:
        """Let something go wrong; returns the fault's id."""
        return str(self._ask("POST", {"kind": kind, **order})["id"])

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        self._ask("DELETE")

    def fault_hits(self) -> int:
        """How often the ordered faults have happened so far."""
        return sum(each["hits"] for each in self._ask("GET")["Faults"])

    def clusters(self) -> Iterator[Cluster]:
        """Every cluster there ever was."""
        for path in (self.root / "clusters").glob("*.jsonl"):
            first, *rest = path.read_text().splitlines(keepends=True) or [""]
            if first.endswith("\n"):
                head = json.loads(first)
                cluster = Cluster(id=head["id"], name=head["request"].get("Name", ""))
                for line in rest:
                    if line.endswith("\n"):  # else it is being written
                        cluster.add(json.loads(line))
                yield cluster

    def end_clusters(self) -> None:
        """Terminate what is left, protected or not."""
        left = [each.id for each in self.clusters() if each.state not in ENDED]
        if left:
            self.emr.set_termination_protection(JobFlowIds=left, TerminationProtected=False)
            self.emr.terminate_job_flows(JobFlowIds=left)

    def _ask(self, method: str, order: dict[str, Any] | None = None) -> Any:
        """Speak to the local AWS about its faults, signed as every request to it."""
        found = self.connection
        request = AWSRequest(
            method,
            f"{found['endpoint_url']}/_local_aws/faults",
            {"Content-Type": "application/json"},
            data=json.dumps(order).encode() if order else b"",
        )
        keys = Credentials(found["aws_access_key_id"], found["aws_secret_access_key"])
        SigV4Auth(keys, "local-aws", found["region_name"]).add_auth(request)
        headers = dict(request.headers.items())
        answer = httpx.request(method, request.url, content=request.data, headers=headers, trust_env=False, timeout=30)
        return answer.raise_for_status().json()
