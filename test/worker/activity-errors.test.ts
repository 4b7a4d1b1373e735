import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { expect, it } from 'vitest';

import { TidewatchError, type ErrorCode } from '../../core/errors.ts';
import { activityErrors } from '../../worker/activity-errors.ts';

async function failureOf(reason: Error): Promise<unknown> {
  const next = async (): Promise<never> => {
    throw reason;
  };
  try {
    return await activityErrors().execute!({ args: [], headers: {} }, next);
  } catch (failure) {
    return failure;
  }
}

it.each<[ErrorCode, boolean]>([
  ['UNKNOWN_MODEL', true],
  ['POSTGRES_UNREACHABLE', false],
])('%s fails with its code, for good: %s', async (code, nonRetryable) => {
  const failure = await failureOf(new TidewatchError(code));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: code, nonRetryable });
});

it('takes an answer to a person for no fault: the SDK logs one of this category at no more than debug', async () => {
  const categories = [
    'ALERT_NOT_CHANGED',
    'RETRAINING_NOT_CHANGED',
    'UNKNOWN_ALERT',
    'UNKNOWN_MODEL',
  ] as const;
  const failures = await Promise.all(categories.map((code) => failureOf(new TidewatchError(code))));
  const { BENIGN } = ApplicationFailureCategory;
  expect(failures.map((failure) => (failure as ApplicationFailure).category === BENIGN)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

it('leaves what it does not know as it is', async () => {
  const error = new Error('connection reset');
  expect(await failureOf(error)).toBe(error);
});
