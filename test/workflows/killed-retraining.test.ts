/** The worker of a retraining is killed between any two of its steps, and another one carries on: what is the end? */

import { beforeAll, describe, expect, it } from 'vitest';

import { daysPass } from '../setup/retrained.ts';
import type { Outside, Story } from './fixtures/killed-world.ts';
import { carriedOut, model } from './fixtures/killed-world.ts';

async function waitForVerification({ database, run, stored }: Outside): Promise<void> {
  await stored(`state = 'awaiting-approval'`);
  await run.executeUpdate('approve', { args: [{ by: 'anna' }], updateId: 'approval' });
  await stored(`state = 'shadow' and rollout -> 'look' is not null`);
  await daysPass(database, model, { from: 10, to: 11, errors: { 1: 5, 2: 1 } });
  await run.signal('dayChecked');
  await stored(`state = 'verifying' and verification is not null`);
}
/** Seconds where processors are free; each starts a process. */
const patienceMs = 600_000;

/** What people and days do to it. */
const stories = {
  kept: async (outside) => {
    await waitForVerification(outside);
    await daysPass(outside.database, model, { from: 11, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    await outside.run.signal('dayChecked');
  },
  cancelled: async (outside) => {
    await waitForVerification(outside);
    await outside.run.executeUpdate('cancel', { args: [{ by: 'bob' }], updateId: 'cancellation' });
  },
} as const satisfies Record<string, Story>;

/** A repetition that does what the first one did is left out: of messages, gauges and records, and of a look at another day. */
const steps = {
  kept: [
    'attachActuals#1',
    'beginRetraining#1',
    'wakeAlerts#1',
    'planTraining#1',
    'startTraining#1',
    'readTraining#1',
    'recordChallenger#1',
    'validateChallenger#1',
    'requestApproval#1',
    'changeRetraining#1',
    'requestApproval#2',
    'followRollout#1',
    'followRollout#2',
    // It has promoted, and the database does not know yet.
    'hook#1',
    'promoteChallenger#1',
    'pushMetrics#1',
    'recordInMlflow#1',
    'handOverReference#1',
    'verifyPromotion#1',
    'verifyPromotion#2',
    'concludeRetraining#1',
    'recordInMlflow#2',
  ],
  cancelled: [
    'changeRetraining#2',
    'hook#2',
    'revertPromotion#1',
    'handOverReference#2',
    'cancelTraining#1',
    'concludeRetraining#1',
  ],
};

const promotedBy = 'promote 2 promotion_ae15335be681b15c06fa57f18fcc23b8';
/** One champion, the same for everybody. */
const ends = {
  kept: {
    result: { state: 'kept', helped: 'yes', metrics: 'pushed' },
    stages: { 1: 'archived', 2: 'champion' },
    told: ['started', 'awaiting-approval', 'approved', 'promoted', 'kept'],
    trainings: [{ model }],
    stopped: [],
    asked: [promotedBy],
    serves: '2',
    mlflow: {
      aliases: { champion: '2', previous: '1' },
      run: { status: 'FINISHED', tags: { 'tidewatch.state': 'kept', 'tidewatch.helped': 'yes' } },
    },
    reference: [{ version: '2', handedBack: false }],
  },
  cancelled: {
    result: { state: 'rolled-back', helped: null, metrics: 'pushed' },
    stages: { 1: 'champion', 2: 'archived' },
    told: ['started', 'awaiting-approval', 'approved', 'promoted', 'rolled-back'],
    trainings: [{ model }],
    stopped: [],
    asked: [promotedBy, 'revert 1 promotion_febae358a5e03452ab97bae82c47fab5'],
    serves: '1',
    mlflow: {
      aliases: { champion: '1' },
      run: { status: 'FINISHED', tags: { 'tidewatch.state': 'rolled-back' } },
    },
    reference: [{ version: '2', handedBack: true }],
  },
};

describe.each(['kept', 'cancelled'] as const)('a retraining that is %s', (ending) => {
  let undisturbed: Awaited<ReturnType<typeof carriedOut>>;
  beforeAll(async () => {
    undisturbed = await carriedOut(stories[ending]);
  }, patienceMs);

  it('leaves one champion, the same for everybody, and people know each step', () => {
    expect(undisturbed.end).toMatchObject(ends[ending]);
  });

  it('is one of all the steps that there are', () => {
    const known = new Set(Object.values(steps).flatMap((some) => some.map((step) => step.split('#')[0])));
    expect(undisturbed.steps.filter((step) => !known.has(step))).toEqual([]);
  });

  it.concurrent.each(steps[ending])(
    'ends the same when its worker is killed after %s',
    { timeout: patienceMs },
    async (step) => {
      expect((await carriedOut(stories[ending], step)).end).toEqual(undisturbed.end);
    },
  );
});
