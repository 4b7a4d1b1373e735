import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';

import { lookAt, stepText } from '../../schedules/run-steps.ts';

const handleOf = (raw: object): WorkflowHandle => ({ describe: async () => ({ raw }) }) as never;
const activity = (fields: object): object => ({
  activityType: { name: 'profileHours' },
  attempt: 1,
  ...fields,
});

describe('what a run does at the moment', () => {
  it('is its activities, in words, with why the last attempt failed', async () => {
    const running = activity({
      attempt: 3,
      lastStartedTime: {},
      lastFailure: { message: 'Postgres is away' },
    });
    const steps = await lookAt(handleOf({ pendingActivities: [running] }));
    expect(steps).toEqual([{ name: 'profile hours', attempt: 3, failure: 'Postgres is away' }]);
    expect(steps!.map(stepText)).toEqual(['profile hours (attempt 3)']);
  });

  it('is known of an activity that waits for its next attempt', async () => {
    const waiting = activity({ attempt: 2, lastFailure: { message: 'Postgres is away' } });
    expect(await lookAt(handleOf({ pendingActivities: [waiting] }))).toEqual([
      { name: 'profile hours', attempt: 2, failure: 'Postgres is away' },
    ]);
  });

  it.each([
    ['its first task waits for a worker', { pendingWorkflowTask: {} }],
    ['an activity waits for one', { pendingActivities: [activity({})] }],
  ])('nobody knows while %s', async (_, raw) => {
    expect(await lookAt(handleOf(raw))).toBeUndefined();
  });

  it('is nothing between two steps', async () => {
    expect(await lookAt(handleOf({ pendingWorkflowTask: { startedTime: {} } }))).toEqual([]);
  });
});
