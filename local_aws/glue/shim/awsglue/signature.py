"""AWS's Signature Version 4 for a POST to a service's root, with the standard library alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from urllib.parse import urlsplit

ALGORITHM, TERMINATOR = "AWS4-HMAC-SHA256", "aws4_request"


def signed_headers(url: str, headers: Mapping[str, str], body: bytes, *, service: str = "glue") -> dict[str, str]:
    """Return the headers with a date and a signature, made with the keys of the environment."""
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = (time[:8], os.environ.get("AWS_REGION", "us-east-1"), service, TERMINATOR)
    signed = {"host": urlsplit(url).netloc, "x-amz-date": time}
    signed |= {name.lower(): value for name, value in headers.items()}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        signed["x-amz-security-token"] = token
    names = ";".join(sorted(signed))
    listed = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = f"POST\n/\n\n{listed}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = "\n".join((ALGORITHM, time, "/".join(scope), hashlib.sha256(request.encode()).hexdigest()))
    key = reduce(_mac, scope, f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode())
    credential = "/".join((os.environ["AWS_ACCESS_KEY_ID"], *scope))
    value = f"{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={_mac(key, text).hex()}"
    return {**{name: signed[name] for name in signed if name != "host"}, "authorization": value}


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
