-- Whether code that does not know a migration may start where it is applied: for that, a release can be taken back.
-- older code: works

alter table schema_migrations add column older_code text not null default 'refused'
  constraint schema_migrations_older_code_check check (older_code in ('works', 'refused'));
comment on column schema_migrations.older_code is 'Code that does not know this migration works with the schema, or is refused. Its file says so.';
