/** The activities without Temporal around them: called as functions, on a database. */

import type { ActivityDependencies } from '../../activities/dependencies.ts';
import type { Activities } from '../../activities/index.ts';
import { createActivities } from '../../activities/index.ts';
import type { Database } from '../../sql/database.ts';
import { testDependencies } from './dependencies.ts';

/** All tries of one run, `run`; another `runId` makes it another run. `overrides` replaces dependencies. */
export function activitiesOn(
  database: Database,
  { runId = 'run', ...overrides }: Partial<ActivityDependencies> & { readonly runId?: string } = {},
): Activities {
  return createActivities({
    ...testDependencies(database),
    tellProgress: async () => undefined,
    countPollers: async () => 1,
    whyFailing: async () => undefined,
    wakeAlert: async () => undefined,
    temporalUi: 'http://127.0.0.1:8233/namespaces/default',
    context: () => ({
      workflowId: 'workflow',
      runId,
      heartbeat: () => undefined,
      resumePoint: undefined,
      cancelled: new AbortController().signal,
    }),
    ...overrides,
  });
}
