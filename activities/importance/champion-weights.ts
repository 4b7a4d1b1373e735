import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { ensureImportances } from './ensure-importances.ts';
import { readImportances } from './store.ts';

/**
 * How much each feature matters to the champion: what is stored of it, or is learned now from its predictions in the
 * reference. Empty where no version is the champion, or nothing can be learned.
 */
export async function championWeights(
  connection: Queryable,
  monitor: Monitor,
  reference: Window | null,
): Promise<Readonly<Record<string, number>>> {
  const { model } = monitor;
  const [champion] = await connection.query<{ version: string }>(
    `select version from model_versions where model = $1 and stage = 'champion'`,
    [model],
  );
  if (champion === undefined) return {};
  const stored = (await readImportances(connection, model, champion.version)).at(-1);
  if (stored !== undefined) return stored.importances;
  if (reference === null) return {};
  const learned = await ensureImportances(connection, monitor, champion.version, reference);
  return 'notComputable' in learned ? {} : learned.importances;
}
