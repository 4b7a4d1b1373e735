/** One retraining: its steps, how its challenger was judged, and where that came from. */

import type { Queryable } from '../../../sql/database.ts';
import {
  findShownRetraining,
  readRetrainingEvents,
  readStoredRetraining,
  type RetrainingEvent,
  type ShownRetraining,
  type StoredRetraining,
} from '../../../sql/read-retrainings.ts';
import type { Asked } from '../../server/page.ts';

/** What a retraining was trained on and judged by, and what became of its challenger. */
export interface RetrainingFacts extends StoredRetraining {
  /** Of the challenger, as its trainer and the registry have told it. */
  readonly lineage: Readonly<Record<string, unknown>> | null;
  readonly stage: string | null;
}

export interface LoadedRetraining {
  readonly retraining: ShownRetraining;
  readonly facts: RetrainingFacts;
  readonly events: readonly RetrainingEvent[];
}

export async function loadRetraining({
  connection,
  parameters,
}: Asked): Promise<LoadedRetraining | undefined> {
  const { model = '', id = '' } = parameters;
  const retraining = await findShownRetraining(connection, model, id);
  if (retraining === undefined) return undefined;
  const [facts, events] = await Promise.all([
    readFacts(connection, retraining),
    readRetrainingEvents(connection, retraining),
  ]);
  return { retraining, facts, events };
}

async function readFacts(
  connection: Queryable,
  { model, retrainingId, challenger }: Pick<ShownRetraining, 'model' | 'retrainingId' | 'challenger'>,
): Promise<RetrainingFacts> {
  const [stored, [version]] = await Promise.all([
    readStoredRetraining(connection, { model, retrainingId }),
    connection.query<Pick<RetrainingFacts, 'lineage' | 'stage'> & Record<string, unknown>>(
      'select lineage, stage from model_versions where model = $1 and version = $2',
      [model, challenger],
    ),
  ]);
  return { ...stored!, lineage: version?.lineage ?? null, stage: version?.stage ?? null };
}
