-- What past windows tell is kept, so that a run looks only at those that have come since; and calibrations that a changed hour drops are found by their time.
-- older code: works

alter table calibrations add column past_windows jsonb;
comment on column calibrations.past_windows is 'How past windows differed that no calibration before told of, and by which method: core/calibration/past-windows.ts. Null: not kept.';

create index calibrations_before on calibrations (model, before);
