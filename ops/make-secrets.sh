#!/bin/sh
# Writes what docker-compose.yml needs and is not there yet: a random password a file in ops/secrets/, and .env. Run again, it
# changes nothing. A password that has been used is changed in Postgres first, then in its file.
set -eu
cd "$(dirname "$0")/.."

# The directory is closed to others; its files are open to the users of the containers, which get them one by one.
umask 022
mkdir -p ops/secrets/channels ops/secrets/console ops/secrets/sources
chmod 700 ops/secrets

write() {
  file="ops/secrets/$1"
  if [ -s "$file" ]; then return; fi
  printf %s "$2" > "$file"
  chmod 444 "$file"
  echo "wrote $file"
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

for name in postgres-password temporal-db-password tidewatch-db-password worker-db-password console-db-password ingest-db-password grafana-db-password grafana-admin-password \
  exporter-db-password console-viewer-token console-operator-token console-session-secret; do
  write "$name" "$(random)"
done
write tidewatch-database-url "postgres://tidewatch:$(cat ops/secrets/tidewatch-db-password)@postgres:5432/tidewatch"
for part in worker console; do
  write "$part-database-url" "postgres://$part:$(cat "ops/secrets/$part-db-password")@postgres:5432/tidewatch"
done

if [ ! -e .env ]; then
  cp .env.example .env
  echo 'wrote .env'
fi
