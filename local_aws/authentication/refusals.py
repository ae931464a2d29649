"""What AWS answers to a request that it cannot attribute, by protocol.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html and the page "Common errors" of
each service's API reference; the codes of JSON services end in ``Exception``, EC2 has codes of its own.
"""

from dataclasses import dataclass

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
INVALID_TOKEN = "The security token included in the request is invalid."  # noqa: S105 - a message
EXPIRED_TOKEN = "The security token included in the request is expired"  # noqa: S105 - a message
EC2_MESSAGE = "AWS was not able to validate the provided access credentials"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One kind of refusal: its code and status in each family of protocols."""

    json: tuple[int, str]
    query: tuple[int, str]
    ec2: tuple[int, str] = (401, "AuthFailure")


MISSING = Reason(json=(403, "MissingAuthenticationTokenException"), query=(403, "MissingAuthenticationToken"))
INCOMPLETE = Reason(json=(400, "IncompleteSignatureException"), query=(400, "IncompleteSignature"))
UNKNOWN_KEY = Reason(json=(400, "UnrecognizedClientException"), query=(403, "InvalidClientTokenId"))
BAD_SIGNATURE = Reason(json=(400, "InvalidSignatureException"), query=(403, "SignatureDoesNotMatch"))
OUT_OF_TIME = Reason(
    json=(400, "InvalidSignatureException"), query=(403, "SignatureDoesNotMatch"), ec2=(400, "RequestExpired")
)
KEY_EXPIRED = Reason(json=(400, "ExpiredTokenException"), query=(403, "ExpiredToken"), ec2=(400, "RequestExpired"))
REST_STATUS = 403  # of services with the protocol rest-json


class RefusedError(Exception):
    """A request that is not answered; the reason says how AWS words it."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def answer(self, protocol: str) -> tuple[int, str, str]:
        """Return status, code and message for a protocol, named as in botocore's service models."""
        message = str(self)
        if protocol == "ec2":
            return *self.reason.ec2, EC2_MESSAGE if self.reason.ec2[1] == "AuthFailure" else "Request has expired."
        if protocol in {"query", "rest-xml"}:
            return *self.reason.query, message
        status, code = self.reason.json
        return (REST_STATUS if protocol == "rest-json" else status), code, message
