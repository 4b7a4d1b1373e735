/** What a run does at the moment, as Temporal tells it. */

import type { WorkflowHandle } from '@temporalio/client';

export interface Step {
  /** The activity, in words. */
  readonly name: string;
  readonly attempt: number;
  /** Why the last attempt failed. */
  readonly failure: string | undefined;
}

/** The steps that are under way; undefined where one waits and no worker has taken it. */
export async function lookAt(handle: WorkflowHandle): Promise<readonly Step[] | undefined> {
  const { raw } = await handle.describe();
  const { pendingWorkflowTask: task, pendingActivities = [] } = raw;
  if (task && !task.startedTime) return undefined;
  const activities = pendingActivities ?? [];
  // One that waits for its next attempt has no time of a start.
  const isTaken = activities.some(
    ({ lastStartedTime, lastFailure }) => Boolean(lastStartedTime) || Boolean(lastFailure),
  );
  if (activities.length > 0 && !isTaken) return undefined;
  return activities.map(({ activityType, attempt, lastFailure }) => ({
    name: wordsOf(activityType?.name ?? 'a step'),
    attempt: attempt ?? 1,
    failure: lastFailure?.message ?? undefined,
  }));
}

/** @example stepText({ name: 'profile hours', attempt: 3, failure: 'away' }) // 'profile hours (attempt 3)' */
export function stepText({ name, attempt }: Step): string {
  return attempt > 1 ? `${name} (attempt ${attempt})` : name;
}

/** @example wordsOf('profileHours') // 'profile hours' */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
