-- What has been read of the tables and files that monitors name as their source.

create table source_parts (
  model text not null,
  stream text not null,
  source text not null,
  part text not null,
  fingerprint text not null,
  read_at timestamptz not null default now(),
  constraint source_parts_pkey primary key (model, stream, source, part),
  constraint source_parts_stream_check check (stream in ('predictions', 'actuals'))
);
comment on table source_parts is 'The parts of a source that have been read, and what they were like. Written in the transaction of their rows: a part that is like it was is not read again.';
comment on column source_parts.source is 'SHA-256 of where the rows are and of which column is what: the same table read in another way starts anew.';
comment on column source_parts.part is 'A file; an hour of event time; "changed" for what has changed up to an instant; "all" once the whole table has been looked at.';
comment on column source_parts.fingerprint is 'Of a file its size and time or entity tag, of an hour a hash of its rows, of "changed" that instant.';
