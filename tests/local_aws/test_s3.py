"""S3: what boto3 writes is what boto3 and the disk hold."""

import os

import boto3
import pytest
from botocore.exceptions import ClientError

MEGABYTE = 1024 * 1024


def test_an_object_comes_back_with_its_metadata(aws):
    aws.client("s3").put_object(Bucket="lake", Key="a/b c.txt", Body=b"hello", Metadata={"origin": "test"})
    found = aws.client("s3").get_object(Bucket="lake", Key="a/b c.txt")
    assert found["Body"].read() == b"hello"
    assert {key.lower(): value for key, value in found["Metadata"].items()} == {"origin": "test"}
    assert (aws.root / "s3/lake/a/b c.txt").read_bytes() == b"hello"


def test_a_multipart_upload_is_put_together(aws):
    s3, key = aws.client("s3"), "big.bin"
    parts = [os.urandom(5 * MEGABYTE), os.urandom(MEGABYTE)]
    upload = s3.create_multipart_upload(Bucket="lake", Key=key)["UploadId"]
    place = {"Bucket": "lake", "Key": key, "UploadId": upload}
    tags = [s3.upload_part(**place, PartNumber=n, Body=body)["ETag"] for n, body in enumerate(parts, start=1)]
    done = [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, start=1)]
    s3.complete_multipart_upload(**place, MultipartUpload={"Parts": done})
    assert aws.get("s3://lake/big.bin") == b"".join(parts)


def test_a_listing_comes_in_pages(aws):
    keys = [f"many/{number:02}" for number in range(25)]
    for key in keys:
        aws.put(key, "x")
    pages = list(
        aws.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket="lake", Prefix="many/", PaginationConfig={"PageSize": 10})
    )
    assert [len(page["Contents"]) for page in pages] == [10, 10, 5]
    assert [item["Key"] for page in pages for item in page["Contents"]] == keys


def test_deleted_objects_are_gone(aws):
    for name in ("one", "two", "three"):
        aws.put(f"gone/{name}", "x")
    doomed = [{"Key": "gone/one"}, {"Key": "gone/two"}]
    aws.client("s3").delete_objects(Bucket="lake", Delete={"Objects": doomed})
    assert aws.keys("gone/") == ["gone/three"]


def test_another_secret_is_refused(aws):
    connection = aws.connection | {"aws_secret_access_key": "wrong"}
    connection["endpoint_url"] = connection.pop("s3_endpoint_url")
    stranger = boto3.client("s3", **connection)
    with pytest.raises(ClientError) as refused:
        stranger.list_objects_v2(Bucket="lake")
    stranger.close()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_s3_requests_at_the_other_endpoint_are_shown_the_way(aws):
    connection = {key: value for key, value in aws.connection.items() if key != "s3_endpoint_url"}
    lost = boto3.client("s3", **connection)
    with pytest.raises(ClientError, match="S3 is served at " + aws.connection["s3_endpoint_url"]):
        lost.list_buckets()
    lost.close()


def test_iam_and_sts_answer(aws):
    role = aws.client("iam").create_role(RoleName="worker", AssumeRolePolicyDocument="{}")["Role"]
    assert role["Arn"] == "arn:aws:iam::123456789012:role/worker"
    assert aws.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_what_a_step_writes_is_seen_even_after_a_folder_was_emptied(aws, emr, cluster):
    aws.put("emptied/folder/only", "x")
    aws.put("emptied/other", "x")
    aws.client("s3").delete_object(Bucket="lake", Key="emptied/folder/only")
    emr.run(cluster, "bash", "-c", f"cd {aws.root}/s3/lake/emptied && rm other && echo new >next")
    assert aws.keys("emptied/") == ["emptied/next"]
    assert aws.get("s3://lake/emptied/next") == b"new\n"
