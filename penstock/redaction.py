"""Secrets by their looks, taken out of text that others wrote: drivers' logs and exceptions' messages.

Airflow masks what it knows, the passwords of connections; a job's own output holds what Airflow never saw. Rules look
for a name beside a value, or for a form that only secrets have: one that looks like a word and stands alone passes.
"""

from __future__ import annotations

import re

MASK = "***"
_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"',;&(){}\[\]]+)"
_NAMES = (
    r"(?:secret|passw(?:or)?d|passphrase|pwd|(?:api|access|private|secret|account|fernet)[_.-]?key"
    r"|(?:secret)[_.-]?access[_.-]?key|(?:session|security|auth|access|refresh|bearer|id)[_.-]?token)"
)
_RULES = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASK),
    # The whole header: AWS's signatures and Basic's passwords come in several words.
    (re.compile(r"(?i)(\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)(\bx-api-key[\"']?\s*[:=]\s*[\"']?)[^\s\"',]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)(\bBearer\s+)[\w.~+/=-]{8,}"), rf"\1{MASK}"),
    # Presigned: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, and CloudFront's.
    (
        re.compile(
            r"(?i)([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId|Key-Pair-Id|Policy"
            r"|token|access_token|sig|key|api_key)=)[^&\s\"'<>]+"
        ),
        rf"\1{MASK}",
    ),
    # The password of an address: jdbc:postgresql://user:password@host.
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@\"']*:)[^\s/@\"']+(?=@)"), rf"\1{MASK}"),
    (re.compile(rf"(?i)([\w.-]*{_NAMES}[\"']?\s*(?:=>|[:=])\s*){_VALUE}"), rf"\1{MASK}"),
    # Identifiers of AWS's keys, long-term and temporary: reference_identifiers.html#identifiers-unique-ids of IAM.
    (re.compile(r"\b(A(?:KIA|SIA))[A-Z0-9]{16}\b"), rf"\1{MASK}"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"), MASK),
)


def redact(text: str) -> str:
    """The text with what looks like a secret replaced by `***`; only private keys change the number of its lines."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
