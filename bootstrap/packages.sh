#!/bin/sh
# Bootstrap action of EMR: installs the Python packages that its arguments name, for the interpreter that specs choose.
set -eu
if [ $# -eq 0 ]; then
    echo "packages.sh: no packages; name them in the action's args, e.g. args: [implicit==0.7.3]" >&2
    exit 2
fi
sudo /usr/bin/python3.11 -m pip install --no-input "$@"
