-- Rows whose features stay in the table or the files that their monitor names as their source.

alter table predictions add column source_key bigint, add column source_stamp bigint;
comment on column predictions.features is 'All features of the prediction; of a row that is read in place (source_key is set) only those that segments are made of.';
comment on column predictions.source_key is 'Set where the features stay in the source of the monitor: a 53-bit hash of the key (core/source/row-key.ts), by which the row is found there.';
comment on column predictions.source_stamp is 'What the row in the source was like when it was read: another one when any of its columns has changed.';

alter table source_parts add column window_start timestamptz, add column window_end timestamptz;
comment on column source_parts.window_start is 'Of a file: the first event time in it; null where that is not known (likewise window_end, the last one).';

alter table profiled_hours add column repeat_count integer;
comment on column profiled_hours.repeat_count is 'Serving rows that repeat another one of the hour: the same entity, event time and features. Null in hours that were profiled before this was counted, and in segments.';

alter table model_references add column sampled_rows integer;
comment on column model_references.sampled_rows is 'Set where the grids were built from a sample of so many of the rows, because the rows stay in their source and have too many values; null: from all rows.';
