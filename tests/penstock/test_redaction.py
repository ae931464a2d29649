import pytest

from penstock.redaction import redact

HEADER = (
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request, Signature=fe5f"
)
PRESIGNED = (
    "GET https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F2026"
    "&X-Amz-Expires=60&X-Amz-Security-Token=IQoJb3JpZ2lu%2F&X-Amz-Signature=fe5f80f77d5fa3be HTTP/1.1"
)

PRESIGNED_MASKED = (
    "GET https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=***"
    "&X-Amz-Expires=60&X-Amz-Security-Token=***&X-Amz-Signature=*** HTTP/1.1"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (HEADER, "Authorization: ***"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz', 'Accept': 'x'}", "{'Authorization': '***', 'Accept': 'x'}"),
        ("X-Api-Key: 3q2-7w, Accept: x", "X-Api-Key: ***, Accept: x"),
        ("sent Bearer abcdefgh.12345 to it", "sent Bearer *** to it"),
        (PRESIGNED, PRESIGNED_MASKED),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG next", "AWS_SECRET_ACCESS_KEY=*** next"),
        ("export AWS_SESSION_TOKEN='IQoJ b3J'", "export AWS_SESSION_TOKEN=***"),
        ('{"SecretAccessKey": "wJalr", "Region": "x"}', '{"SecretAccessKey": ***, "Region": "x"}'),
        ("secret.key -> x, fs.s3a.secret.key=abc", "secret.key -> x, fs.s3a.secret.key=***"),
        ("--conf spark.app.password=hunter2 --conf a=b", "--conf spark.app.password=*** --conf a=b"),
        ("(AKIAIOSFODNN7EXAMPLE) is unknown", "(AKIA***) is unknown"),
        ("ASIAIOSFODNN7EXAMPLE", "ASIA***"),
        ("jdbc:postgresql://etl:hunter2@db:5432/a", "jdbc:postgresql://etl:***@db:5432/a"),
        ("token eyJhbGciOi.eyJzdWIiOi.c2ln ended", "token *** ended"),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb", "a\n***\nb"),
        ("a\n-----BEGIN PRIVATE KEY-----\nMII", "a\n***"),
    ],
)
def test_secrets_are_masked_and_nothing_beside_them(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Caused by: java.lang.OutOfMemoryError: Java heap space",
        "numTokens=5, tokenizer: words, maxTokens: 7, key: value, user_key=12",
        "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN] `rating`; did you mean `ratings`?",
        "s3://bucket/runs/a?versionId=3 at 12:30:04.123, https://host:8080/path@2",
        "AKIA, ASIAN, and a sentence about a password and a secret",
        "Unexpected token: x at line 3",
    ],
)
def test_what_a_reader_needs_stays(text: str) -> None:
    assert redact(text) == text


def test_redacting_twice_changes_nothing() -> None:
    once = redact(f"{HEADER}\n{PRESIGNED}\npassword: x")
    assert redact(once) == once
