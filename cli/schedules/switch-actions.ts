/** What is done to a model's schedules is in `audit_events`, under these names. */
export const switchActions = { paused: 'schedules.pause', running: 'schedules.resume' } as const;
