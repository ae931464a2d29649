"""The Lambda functions as Lambda runs them: from their archive, with the runtime's boto3 and nothing else."""

import json
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.package.conftest import MWAA_PYTHON
from tests.package.rehearsal import unpack
from tests.serving.bundles import write_small
from tools.package import Packages
from tools.package.service import LIMIT_BYTES, unpacked_bytes

RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
"""What Lambda's Python brings."""
ISSUER, CLIENT = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc", "4client"
START = "import sys; sys.path[:0] = sys.argv[1:3]\n"
SIGN = """
import json, time, jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from pathlib import Path
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
public |= {"kid": "one", "use": "sig", "alg": "RS256"}
Path(sys.argv[3], "jwks.json").write_text(json.dumps({"keys": [public]}))
claims = {"iss": sys.argv[4], "client_id": sys.argv[5], "token_use": "access", "sub": "u1", "exp": time.time() + 600}
print(jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"}))
"""
CALLS = """
import importlib, json
from serving import lambda_handlers
for line in sys.stdin:
    name, event = json.loads(line)
    module, _, function = name.rpartition(".")
    print(json.dumps(getattr(importlib.import_module(module), function)(event, None)), flush=True)
files = {getattr(each, "__file__", None) or "" for each in list(sys.modules.values())}
print(json.dumps(sorted(each for each in files if "site-packages" in each)))
"""
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="Lambda runs Linux"
)


@pytest.fixture(scope="module")
def function(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A Python 3.12 without packages, but for the archive in an empty folder and the runtime's."""
    code, runtime = tmp_path_factory.mktemp("task"), tmp_path_factory.mktemp("runtime")
    unpack(packages.serving_zip.path, code)
    where = "import boto3; print(boto3.__file__)"
    found = subprocess.run([MWAA_PYTHON, "-I", "-c", where], capture_output=True, text=True, check=True)
    for name in RUNTIME:
        (runtime / name).symlink_to(Path(found.stdout.strip()).parents[1] / name)
    return [MWAA_PYTHON, "-I", "-S", "-W", "error", "-c", "{code}", str(code), str(runtime)]


def run(function: list[str], code: str, *arguments: str, stdin: str = "", **environment: str) -> list[str]:
    command = [START + code if each == "{code}" else each for each in function]
    done = subprocess.run(
        [*command, *arguments], input=stdin, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def token(function: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A user's, and where the issuer's keys are served."""
    folder = tmp_path_factory.mktemp("issuer")
    text = run(function, SIGN, str(folder), ISSUER, CLIENT)[0]
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield text, f"http://127.0.0.1:{server.server_port}/jwks.json"
        server.shutdown()
        thread.join()


def http_event(method: str, path: str, token: str = "") -> dict[str, Any]:
    """As an HTTP API sends it, payload format 2.0."""
    signed = {"authorization": f"Bearer {token}"} if token else {}
    host = "abc.execute-api.eu-central-1.amazonaws.com"
    return {
        "version": "2.0",
        "routeKey": "ANY /{proxy+}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": host, **signed},
        "requestContext": {"http": {"method": method, "path": path, "sourceIp": "192.0.2.1"}, "stage": "$default"},
        "isBase64Encoded": False,
    }


def test_the_three_classic_calls_and_the_api_from_the_archive(
    function: list[str], token: tuple[str, str], tmp_path: Path
) -> None:
    bundle = tmp_path / "bundles" / "0123abcd"
    write_small(bundle)
    signed, keys = token
    events = [
        ("serving.lambda_handlers.recommenderHandler", {"userId": 1}),
        ("serving.lambda_handlers.genreHandler", {"userId": 7, "genre": "Comedy"}),
        ("serving.lambda_handlers.loadHandler", {"s3DataLoc": str(bundle), "s3ModelLoc": str(bundle)}),
        ("serving.lambda_handlers.recommenderHandler", http_event("GET", "/v1/genres", signed)),
        ("serving.lambda_handlers.recommenderHandler", http_event("GET", "/v1/genres")),
    ]
    variables = {  # as infra/serving.yaml sets them
        "PENSTOCK_SERVING_BUNDLE": str(bundle),
        "PENSTOCK_SERVING_ROOTS": str(tmp_path / "bundles"),
        "PENSTOCK_SERVING_AUTH": "jwt",
        "PENSTOCK_SERVING_ISSUER": ISSUER,
        "PENSTOCK_SERVING_JWKS_URL": keys,
        "PENSTOCK_SERVING_AUDIENCE": CLIENT,
        "PENSTOCK_SERVING_ACCESS_LOG": "false",
        "PENSTOCK_SERVING_CACHE": str(tmp_path / "cache"),
    }
    lines = run(function, CALLS, stdin="\n".join(map(json.dumps, events)), **variables)
    recommended, comedies, loaded, genres, refused, foreign = map(json.loads, lines)
    assert recommended == {"result": [" 1: Matrix, The (1999)", " 2: Item 30"]}
    assert comedies == {"result": [" 1: Amélie (2001)"]}
    assert loaded["result"].startswith("Request Submitted with ID ")
    assert (genres["statusCode"], refused["statusCode"]) == (200, 401)
    counted = [{"name": "Action", "items": 2}, {"name": "Comedy", "items": 2}]
    assert json.loads(genres["body"]) == {"model_version": "0123abcd", "genres": counted}
    assert foreign == []


def test_it_is_well_below_what_lambda_takes(function: list[str]) -> None:
    assert unpacked_bytes(Path(function[-2])) < LIMIT_BYTES / 2
