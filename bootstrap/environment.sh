#!/bin/sh
# Bootstrap action of EMR: puts the Spark environment on the node, checked by its SHA-256. Nothing is asked of the
# internet: a node in a private subnet needs its way to S3 only. Run again, it does nothing.
set -eu
if [ $# -ne 3 ]; then
    echo "usage: environment.sh <s3://.../environment.tar.gz> <its SHA-256> <folder of environments>" >&2
    exit 2
fi
archive=$1 sha=$2 folder=$3
if [ -x "$folder/$sha/bin/python" ]; then
    echo "environment.sh: $folder/$sha is there"
    exit 0
fi
# EMR runs bootstrap actions as hadoop, which may become root without a password.
as_root=
[ -w "$(dirname "$folder")" ] || as_root=sudo
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
aws s3 cp --only-show-errors "$archive" "$scratch/environment.tar.gz"
if ! echo "$sha  $scratch/environment.tar.gz" | sha256sum --check --status; then
    echo "environment.sh: $archive is not what the deployment names: expected SHA-256 $sha," \
        "got $(sha256sum "$scratch/environment.tar.gz" | cut -d ' ' -f 1). Upload it again: make spark-environment" >&2
    exit 1
fi
# Unpacked beside its place and then renamed: a node has it whole or not at all.
$as_root mkdir -p "$folder"
$as_root rm -rf "$folder/$sha.unfinished"
$as_root mkdir "$folder/$sha.unfinished"
$as_root tar -xzf "$scratch/environment.tar.gz" -C "$folder/$sha.unfinished" --no-same-owner
$as_root mv "$folder/$sha.unfinished" "$folder/$sha"
"$folder/$sha/bin/python" -c 'import numpy, pandas, pyarrow, sys; print("environment.sh:", sys.version.split()[0], "numpy", numpy.__version__)'
