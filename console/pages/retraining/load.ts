/** One retraining: its steps, how its challenger was judged, and where that came from. */

import type { Exclusion } from '../../../core/retraining/specification.ts';
import type { Queryable } from '../../../sql/database.ts';
import {
  findShownRetraining,
  readRetrainingEvents,
  type RetrainingEvent,
  type ShownRetraining,
  type Validation,
} from '../../../sql/read-retrainings.ts';
import type { Asked } from '../../server/page.ts';

/** What a retraining was trained on and judged by. */
export interface RetrainingFacts {
  readonly runId: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly trainingStart: number;
  readonly trainingEnd: number;
  readonly holdoutStart: number;
  readonly holdoutEnd: number;
  readonly trafficShare: number;
  /** Null: it began before there were any. */
  readonly specification: {
    readonly hash: string;
    readonly rows: number;
    readonly reason?: string;
    readonly exclude: readonly Exclusion[];
  } | null;
  /** Null before its challenger was judged. */
  readonly validation: Validation | null;
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
  { model, retrainingId }: Pick<ShownRetraining, 'model' | 'retrainingId'>,
): Promise<RetrainingFacts> {
  const [facts] = await connection.query<RetrainingFacts & Record<string, unknown>>(
    `select run_id as "runId", started_at as "startedAt", finished_at as "finishedAt",
       training_start as "trainingStart", training_end as "trainingEnd",
       holdout_start as "holdoutStart", holdout_end as "holdoutEnd", traffic_share as "trafficShare",
       specification - 'days' - 'segments' as specification, comparison as validation, lineage, stage
     from retraining_runs run
     left join model_versions challenger
       on challenger.model = run.model and challenger.version = run.challenger_version
     where run.model = $1 and retraining_id = $2`,
    [model, retrainingId],
  );
  return facts!;
}
