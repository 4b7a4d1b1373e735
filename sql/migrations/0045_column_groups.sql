-- An hour of very many columns is profiled in groups of columns by several workers: what each has counted, until all have.
-- older code: works

create table column_groups (
  model text not null,
  reference_id text not null,
  segment text not null default '',
  hour timestamptz not null,
  group_number integer not null,
  group_count integer not null,
  profiles jsonb not null,
  row_count integer not null,
  rows_hash bytea not null,
  out_of_distribution bytea not null,
  repeat_hashes bytea,
  constraint column_groups_pkey primary key (model, reference_id, segment, hour, group_number),
  constraint column_groups_reference_fkey foreign key (model, reference_id) references model_references on delete cascade
);
comment on table column_groups is 'What is counted of some columns of an hour, until all groups of columns have been: then it goes to profiles and profiled_hours.';
comment on column column_groups.profiles is 'Column -> its profile (base64), encoded by core/profile/encode.ts.';
comment on column column_groups.rows_hash is 'SHA-256 of the keys of the rows: groups that have counted other rows do not belong together.';
comment on column column_groups.out_of_distribution is 'A bit a row, in the order of the keys: whether a feature of the group is out of distribution.';
comment on column column_groups.repeat_hashes is 'A hash of the values of the group, of each row that shares entity and event time with another, in the order of the keys. Null in segments.';
