-- The Postgres image runs this once, on an empty volume: each application owns its databases and sees no other.
-- psql reads the passwords from the environment of the container.

\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv tidewatch_password TIDEWATCH_DB_PASSWORD

create role temporal login password :'temporal_password';
create role tidewatch login password :'tidewatch_password';

create database temporal owner temporal;
create database temporal_visibility owner temporal;
create database tidewatch owner tidewatch;

revoke all on database temporal, temporal_visibility, tidewatch from public;
