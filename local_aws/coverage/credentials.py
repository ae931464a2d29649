"""Who may send requests: no operations, so only topics."""

from local_aws.coverage.tables import Coverage

COVERAGE = Coverage(
    service="credentials",
    title="Credentials",
    responses="",
    executed={},
    emulated={},
    topics={
        "Signatures": (
            "Signature Version 4 in the Authorization header, checked with 15 minutes of clock skew and AWS's errors "
            "for each protocol; signatures in the address (presigned requests of services other than S3), Version 2 "
            "and Version 4A are refused; `--no-auth` checks nothing, except in S3"
        ),
        "Keys": (
            "the server's own; active keys of IAM users and of AssumeRole until they expire, in memory, and not for "
            "S3; those of GetSessionToken and GetFederationToken, which are constants of moto's, are unknown"
        ),
        "Requests that AWS takes unsigned": "refused: AssumeRoleWithWebIdentity, AssumeRoleWithSAML, Cognito's sign-in",
        "Policies": "not enforced: any key may do everything",
        "Without a signature": "the status page with its logs, and `GET /_local_aws/health`",
    },
)
