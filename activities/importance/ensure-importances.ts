/** Sees to it that the importances of a model version are stored. */

import { createHash } from 'node:crypto';

import { reportedImportances, type VersionImportances } from '../../core/importance/importances.ts';
import { mostTargets, surrogateImportances, type Target } from '../../core/importance/surrogate.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { sampleOf } from '../../core/multivariate/sample.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { predictionColumns } from '../profiles/columns.ts';
import { readSampledOutcomes, type SampledOutcome } from './sampled-outcomes.ts';
import { windowsWithRows } from '../storage/removed-rows.ts';
import { findLearned, readReportedImportances, storeImportances } from './store.ts';

type Ensured = VersionImportances | { readonly notComputable: string };

const mostRows = 2_000;
/** Rows x features x targets, at most: 4 s of computing. */
const mostNumbers = 480_000;
const seed = 1;

/** Stores what the trainer of a version reported, as shares; undefined where it reported nothing. */
export async function ensureReported(
  connection: Queryable,
  { model, features }: Monitor,
  version: string,
): Promise<Ensured | undefined> {
  const said = await readReportedImportances(connection, model, version);
  if (said === undefined) return undefined;
  const found = reportedImportances(Object.keys(features), said.reported);
  if ('notComputable' in found) return found;
  const reported = { version, source: 'trainer', asOf: said.registeredAt, ...found } as const;
  await storeImportances(connection, model, reported);
  return reported;
}

/**
 * Stores what is learned of a version by permutation on its outcomes in a window, or says why nothing can be.
 *
 * The same outcomes give the same importances, and are not learned from twice. Cost: a sample of 2,000 outcomes is read;
 * where it is a new one, 0.2 s for each class.
 */
export async function ensureLearned(
  connection: RowConnection,
  monitor: Monitor,
  version: string,
  window: Window,
): Promise<Ensured> {
  const { model, classes } = monitor;
  const features = predictionColumns(monitor).filter(({ subject }) => subject === 'feature');
  const targets = Math.min(mostTargets, classes?.length ?? 1);
  const rows = Math.min(mostRows, Math.floor(mostNumbers / (Math.max(1, features.length) * targets)));
  const outcomes = await readSampledOutcomes(connection, monitor, version, window, rows);
  const learnedFrom = hashOf([features, classes ?? null, outcomes]);
  const known = await findLearned(connection, model, version, window.end);
  // Asked after they were read: what is removed before is missing in them.
  if ((await windowsWithRows(connection, model, [window])).length === 0)
    return known?.importances ?? { notComputable: 'its outcomes were removed when their retention ended' };
  if (known?.learnedFrom === learnedFrom) return known.importances;
  const sample = sampleOf(
    features,
    outcomes.map((row) => ({
      time: row.event_time,
      values: features.map(({ name }) => row.features[name]),
    })),
  );
  const found = surrogateImportances(sample, targetsOf(classes, outcomes), { seed });
  if ('notComputable' in found) {
    // What was learned from outcomes that have changed is forgotten.
    if (known !== undefined)
      await storeImportances(connection, model, { ...known.importances, importances: {} });
    return found;
  }
  const { importances, fidelity } = found;
  const learned = { version, source: 'surrogate', asOf: window.end, importances } as const;
  await storeImportances(connection, model, learned, { rows: found.rows, fidelity, learnedFrom });
  return learned;
}

function hashOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

/** The numbers that a model predicts: one of a regression, of a classification one a class. */
function targetsOf(classes: Monitor['classes'], rows: readonly SampledOutcome[]): Target[] {
  if (classes === undefined) {
    return [
      {
        predicted: Float64Array.from(rows, ({ prediction }) => prediction ?? 0),
        actual: Float64Array.from(rows, ({ actual }) => actual ?? 0),
      },
    ];
  }
  return classes.map((name) => ({
    predicted: Float64Array.from(rows, ({ probabilities, predicted_class }) =>
      probabilities === null ? Number(predicted_class === name) : (probabilities[name] ?? 0),
    ),
    actual: Float64Array.from(rows, ({ actual_class }) => Number(actual_class === name)),
  }));
}
