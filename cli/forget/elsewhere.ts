/** What there is of a model outside of the database, and how it goes. */

import type { Client } from '@temporalio/client';

import type { HeldGroup, Pushgateway } from '../../activities/metrics/pushgateway.ts';
import {
  deleteModelSchedules,
  endRuns,
  listModelRuns,
  listModelSchedules,
  type ModelRun,
  type ModelSchedule,
} from '../../schedules/of-model.ts';
import { lockUntilCommit, type Database } from '../../sql/database.ts';

export interface Elsewhere {
  readonly listSchedules: () => Promise<readonly ModelSchedule[]>;
  readonly deleteSchedules: () => Promise<number>;
  readonly listRuns: () => Promise<readonly ModelRun[]>;
  readonly endRuns: (runs: readonly ModelRun[]) => Promise<void>;
  /** Undefined where no Pushgateway is configured. */
  readonly listGroups: () => Promise<readonly HeldGroup[] | undefined>;
  readonly deleteGroup: (group: HeldGroup) => Promise<void>;
}

export function elsewhereOf(
  model: string,
  {
    client,
    pushgateway,
    database,
  }: {
    readonly client: Client;
    readonly pushgateway: Pushgateway | undefined;
    readonly database: Database;
  },
): Elsewhere {
  return {
    listSchedules: () => listModelSchedules(client, model),
    deleteSchedules: () => deleteModelSchedules(client, model),
    listRuns: () => listModelRuns(client, model),
    endRuns: (runs) => endRuns(client, runs, `tidewatch forget ${model}`),
    listGroups: async () =>
      (await pushgateway?.listGroups())
        ?.filter((group) => group.model === model)
        .toSorted((a, b) => (a.process < b.process ? -1 : 1)),
    deleteGroup: ({ process }) =>
      // Whoever pushes holds it meanwhile; who comes later finds no monitor, and pushes nothing.
      database.transaction(async (connection) => {
        await lockUntilCommit(connection, `metrics:${process}:${model}`);
        await pushgateway?.deleteGroup({ process, model });
      }),
  };
}
