"""One local AWS for all clients, which find it by the variables that its README names."""

from collections.abc import Iterator

import pytest

from tests.clients.local_server import LocalAws, local_aws

BUCKET = "lake"


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws")) as server:
        server.client("s3").create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture(autouse=True)
def _only_the_local_aws(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither the user's credentials nor the user's endpoints are ever used."""
    nowhere = str(tmp_path_factory.getbasetemp() / "none")
    found = aws.environment() | {"AWS_CONFIG_FILE": nowhere, "AWS_SHARED_CREDENTIALS_FILE": nowhere}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
