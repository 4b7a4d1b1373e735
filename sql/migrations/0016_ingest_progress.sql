-- How far a file has been loaded, so that `tidewatch ingest` goes on where it was killed.

create table ingest_progress (
  model text not null,
  source text not null,
  byte_offset bigint not null,
  line bigint not null,
  row_count bigint not null,
  rejected_count bigint not null,
  fingerprint text not null,
  updated_at timestamptz not null default now(),
  constraint ingest_progress_pkey primary key (model, source)
);
comment on table ingest_progress is 'Files that are being loaded, or whose load was cut short. Written in the transaction of the rows; deleted when the file is done.';
comment on column ingest_progress.source is 'SHA-256 of the absolute path and of which column is what: the same file read in another way starts anew.';
comment on column ingest_progress.byte_offset is 'Where the next row begins; for tables without bytes (Parquet) the number of rows before it.';
comment on column ingest_progress.line is 'The line of the next row.';
comment on column ingest_progress.fingerprint is 'SHA-256 of the beginning of the file and of what is before the offset: another content starts anew.';
