#!/bin/sh
# Installs moto, a server that speaks as S3 does, from PyPI into .tidewatch/moto, for test/activities/sources/bucket-source.test.ts.
set -eu
directory="$(dirname "$0")/../../.tidewatch/moto"
python3 -m venv "$directory"
"$directory/bin/pip" install -q 'moto[server,s3]==5.2.5'
"$directory/bin/moto_server" --help >/dev/null
