#!/bin/sh
# Print the absolute path of a Python 3.11 or 3.12 that can make virtual environments; $1 names one, or is empty.
supported='import sys, ensurepip, venv
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'
path='import os, sys
print(os.path.realpath(sys.executable))'

for candidate in ${1:-python3.11 python3.12 python3 python}; do
    if "$candidate" -I -c "$supported" >/dev/null 2>&1; then
        "$candidate" -I -c "$path"
        exit 0
    fi
done

if [ -n "$1" ]; then
    found=$("$1" -I --version 2>&1) || found="no working interpreter"
    echo "PYTHON=$1 is $found; Penstock needs Python 3.11 or 3.12 with venv and ensurepip." >&2
else
    found=$(python3 -I --version 2>&1) || found="nothing called python3"
    echo "Penstock needs Python 3.11 or 3.12 with venv and ensurepip; found $found." >&2
fi
echo "Spark 3.5 and its pinned packages do not run on 3.13 and later. Install 3.11 or 3.12 (on Debian and Ubuntu also" >&2
echo "the package python3-venv), or name an interpreter: make PYTHON=/path/to/python3.12 ..." >&2
exit 2
