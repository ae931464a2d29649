"""S3: rclone's, so only topics."""

from local_aws.coverage.tables import Coverage

COVERAGE = Coverage(
    service="s3",
    title="S3 (rclone 1.75)",
    responses="",
    executed={},
    emulated={},
    topics={
        "Put, get, head, copy, list, paginate, delete, multipart, metadata, create and delete buckets": (
            "yes, with signatures checked; path style"
        ),
        "Metadata": "kept in memory, keys come back capitalised, lost at a restart",
        "Creating a bucket that exists": "`BucketAlreadyExists`, where AWS in us-east-1 says 200 to its owner",
        "Conditional puts (`If-None-Match`), versions, policies, ACLs, lifecycle, events, tags": "no",
        "A key that is also another key's folder (`a` and `a/b`)": "no: objects are files",
        "S3 through the other endpoint": ("refused with a message; buckets made by CloudFormation exist only in moto"),
    },
)
