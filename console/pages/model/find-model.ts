/** A model by its name, and how it is watched. */

import { monitorSchema, type Monitor } from '../../../core/monitor/schema.ts';
import type { Asked } from '../../server/page.ts';
import { modelAsked, type ModelAsked } from './asked.ts';

export interface FoundModel {
  readonly model: string;
  readonly asked: ModelAsked;
  /** Absent where nobody watches it any more, or another version of Tidewatch has stored its monitor. */
  readonly monitor?: Monitor;
  readonly isWatched: boolean;
}

/** Undefined where nothing is stored of a model of this name. */
export async function findModel({
  connection,
  parameters,
  query,
}: Pick<Asked, 'connection' | 'parameters' | 'query'>): Promise<FoundModel | undefined> {
  const model = parameters['model'] ?? '';
  // No text of Postgres holds it.
  if (model.includes('\0')) return undefined;
  const [known] = await connection.query<{ configuration: unknown; isWatched: boolean; isKnown: boolean }>(
    `select monitors.configuration, monitors.model is not null as "isWatched",
       exists (select from process_watermarks where model = $1) or exists (select from model_versions where model = $1) as "isKnown"
     from (select) asked left join monitors on monitors.model = $1`,
    [model],
  );
  const { configuration, isWatched, isKnown } = known!;
  if (!isWatched && !isKnown) return undefined;
  const monitor = monitorSchema.safeParse(configuration).data;
  return { model, asked: modelAsked(query), ...(monitor && { monitor }), isWatched };
}
