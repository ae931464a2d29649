"""Signing what this package's own programs ask of a server."""

import re
from collections.abc import Generator, Mapping

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SERVICE = "local-aws"
SIGNED = re.compile(r"host|content-type|x-amz-.*")


class Signed(httpx.Auth):
    """Signs each request with the keys of a server's state file."""

    requires_request_body = True

    def __init__(self, connection: Mapping[str, str], service: str = SERVICE) -> None:
        keys = Credentials(connection["aws_access_key_id"], connection["aws_secret_access_key"])
        self._signer = SigV4Auth(keys, service, connection["region_name"])

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers of a signature over the host and what AWS's services read."""
        signed = {name: value for name, value in request.headers.items() if SIGNED.fullmatch(name)}
        draft = AWSRequest(request.method, str(request.url), signed, data=request.content)
        self._signer.add_auth(draft)
        request.headers.update(dict(draft.headers.items()))
        yield request
