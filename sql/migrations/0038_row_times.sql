-- An instant that no client takes ("infinity", the year 290000) keeps every run from reading its hour. Rows that are there are not looked
-- at: `not valid` holds for what is written from now on.
alter table predictions add constraint predictions_times_check check (
  event_time >= '1900-01-01T00:00:00Z' and event_time < '2200-01-01T00:00:00Z' and
  issued_at >= '1900-01-01T00:00:00Z' and issued_at < '2200-01-01T00:00:00Z') not valid;
alter table actuals add constraint actuals_times_check check (
  event_time >= '1900-01-01T00:00:00Z' and event_time < '2200-01-01T00:00:00Z' and
  recorded_at >= '1900-01-01T00:00:00Z' and recorded_at < '2200-01-01T00:00:00Z') not valid;
