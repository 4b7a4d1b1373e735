#!/bin/sh
# Makes the namespace of TEMPORAL_NAMESPACE and the search attributes of runs, and ends when the server answers
# queries by them. Run again, it changes nothing.
set -eu

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" > /dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
fi

# The server's caches learn of a new namespace, and of a new attribute, some seconds later.
tries=60
until temporal operator search-attribute create --name Model --type Keyword \
  --name Window --type Keyword --name Verdict --type Keyword &&
  temporal workflow list --query 'Model = "none" and Window = "none" and Verdict = "none"' > /dev/null; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then exit 1; fi
  sleep 1
done
