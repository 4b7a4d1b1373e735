/** Sees to it that the importances of a model version are stored. */

import { importancesFrom } from '../../core/importance/importances.ts';
import { surrogateImportances } from '../../core/importance/surrogate.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toSample } from '../multivariate/compare-together.ts';
import { readSampledRows, type SampledRow } from '../multivariate/sampled-rows.ts';
import { predictionColumns } from '../profiles/columns.ts';
import { readReportedImportances, storeImportances, type VersionImportances } from './store.ts';

const sampled = { rows: 2_000, seed: 1 };

/**
 * What matters to a version, stored: what its trainer reported when it was registered, or else what trees that imitate
 * its predictions of a window lean on. Or the reason why neither is known; then nothing is stored.
 *
 * The same window gives the same importances. Cost: what a sample of 2,000 rows costs to read, and 0.2 s for each
 * class.
 */
export async function ensureImportances(
  connection: Queryable,
  monitor: Monitor,
  version: string,
  window: Window,
): Promise<VersionImportances | { readonly notComputable: string }> {
  const { model } = monitor;
  const said = await readReportedImportances(connection, model, version);
  const reported = said && importancesFrom(said.reported);
  if (said !== undefined && reported !== undefined && 'importances' in reported) {
    const importances = {
      version,
      source: 'trainer',
      asOf: said.registeredAt,
      importances: reported.importances,
    } as const;
    await storeImportances(connection, model, importances);
    return importances;
  }
  const rows = await readSampledRows(connection, model, [window], { ...sampled, version });
  const features = predictionColumns(monitor).filter(({ subject }) => subject === 'feature');
  const found = surrogateImportances(toSample(features, rows), targetsOf(monitor, rows), sampled);
  if ('notComputable' in found) return found;
  const importances = {
    version,
    source: 'surrogate',
    asOf: window.end,
    importances: found.importances,
  } as const;
  await storeImportances(connection, model, importances);
  return importances;
}

/** The numbers that a model predicts: one of a regression, of a classification one a class. */
function targetsOf({ classes }: Monitor, rows: readonly SampledRow[]): Float64Array[] {
  if (classes === undefined) return [Float64Array.from(rows, ({ prediction }) => prediction ?? 0)];
  return classes.map((name) =>
    Float64Array.from(rows, ({ probabilities, predicted_class }) =>
      probabilities === null ? Number(predicted_class === name) : (probabilities[name] ?? 0),
    ),
  );
}
