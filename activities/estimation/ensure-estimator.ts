/** Sees to it that what was learned of a version is stored. */

import { estimatorVersion, fitEstimator } from '../../core/estimation/estimator.ts';
import { referenceSpan } from '../../core/degradation/baseline.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, durationMs, floorToDay, formatDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { readSampledOutcomes } from '../importance/sampled-outcomes.ts';
import type { Provenance } from '../processes/provenance.ts';
import { estimationRows, mostRows } from './estimation-rows.ts';
import {
  countOutcomes,
  findEstimator,
  findNthOutcome,
  findTrainingEnd,
  storeEstimator,
  type StoredEstimator,
} from './store.ts';

/** Fewer say too little of which rows a model is bad at, and what is learned stays. */
const fewestOutcomes = 500;
/** Every weekday twice. */
const shortestSpan = 14 * dayMs;

/**
 * The stored estimator of a version, or the one that is learned now from its outcomes (served or in the shadow) and stored.
 *
 * From those of a fixed reference, where it has enough of them there; else from its first ones. Rows that the version was
 * trained on are left out, as it is better on these than it will be.
 */
export async function ensureEstimator(
  connection: RowConnection,
  monitor: Monitor,
  version: string,
  { asOf, provenance }: { readonly asOf: number; readonly provenance: Provenance },
): Promise<StoredEstimator | { readonly notComputable: string }> {
  const { model } = monitor;
  const stored = await findEstimator(connection, model, version);
  if (stored?.content.version === estimatorVersion) return stored;
  const window = await spanToLearnFrom(connection, monitor, version);
  if (window === undefined)
    return { notComputable: `it has fewer than the ${fewestOutcomes} outcomes that are needed` };
  const known = window.end + durationMs(monitor.performance.gate.age);
  if (known > asOf) {
    const day = formatDay(known);
    return { notComputable: `what it is good at is learned from ${day} on, when two weeks of it are known` };
  }
  const outcomes = await readSampledOutcomes(connection, monitor, version, window, mostRows);
  const content = fitEstimator(
    estimationRows(monitor, outcomes),
    monitor.task === 'regression'
      ? outcomes.map(({ actual }) => actual ?? NaN)
      : outcomes.map(({ actual_class }) => actual_class ?? ''),
  );
  if ('notComputable' in content) return content;
  await storeEstimator(connection, { model, version, window, content, asOf, provenance });
  return { window, content };
}

async function spanToLearnFrom(
  connection: Queryable,
  { model, reference }: Monitor,
  version: string,
): Promise<Window | undefined> {
  const trained = (await findTrainingEnd(connection, model, version)) ?? -Infinity;
  const span = referenceSpan(reference);
  if (span !== undefined && 'start' in span && span.start >= trained) {
    const outcomes = await countOutcomes(connection, model, version, span);
    if (outcomes >= fewestOutcomes) return span;
  }
  const first = await findNthOutcome(connection, { model, version, from: trained, n: 1 });
  const last = await findNthOutcome(connection, { model, version, from: trained, n: fewestOutcomes });
  if (first === undefined || last === undefined) return undefined;
  return { start: first, end: Math.max(floorToDay(first) + shortestSpan, floorToDay(last) + dayMs) };
}
