/** A reference of training statistics: the `file:` beside the monitor takes its place in the monitor. */

import type { Monitor } from '../core/monitor/schema.ts';
import type { PlacedProblem } from './monitor-problems.ts';
import { isRecord } from './monitor-words.ts';

/** The file that a monitor reads its training statistics from, relative to its own; undefined when it names none. */
export function statisticsFileOf(data: unknown): string | undefined {
  const reference = isRecord(data) ? data['reference'] : undefined;
  const isStatistics = isRecord(reference) && reference['kind'] === 'training-statistics';
  return isStatistics && typeof reference['file'] === 'string' ? reference['file'] : undefined;
}

/** The same monitor with the content of the file in place of its name. */
export function withStatistics(data: unknown, content: unknown): unknown {
  if (!isRecord(data) || !isRecord(data['reference'])) return data;
  const { file: _, ...reference } = data['reference'];
  return { ...data, reference: { ...reference, features: content } };
}

/** What is wrong with how a monitor names its training statistics, before any file is read. */
export function sourceProblems(data: unknown): PlacedProblem[] {
  const reference = isRecord(data) ? data['reference'] : undefined;
  if (!isRecord(reference) || reference['kind'] !== 'training-statistics') return [];
  const { file, features } = reference;
  if (file === undefined && features === undefined) {
    return [
      { path: ['reference', 'file'], message: 'is missing; write for example file: training_stats.json' },
    ];
  }
  if (file !== undefined && features !== undefined) {
    return [{ path: ['reference', 'file'], message: 'stands beside features; remove one of the two' }];
  }
  return [];
}

/** Statistics of features that the monitor does not name (a trainer may write its target too) are left out. */
export function onlyMonitored(monitor: Monitor): Monitor {
  const { reference, features } = monitor;
  if (reference.kind !== 'training-statistics' || reference.features === undefined) return monitor;
  const monitored = Object.entries(reference.features).filter(([feature]) =>
    Object.hasOwn(features, feature),
  );
  return { ...monitor, reference: { kind: reference.kind, features: Object.fromEntries(monitored) } };
}

/** The enabled continuous features that have no training statistics; a categorical one has none to give. */
export function featuresWithoutStatistics(monitor: Monitor): string[] {
  const { reference, features } = monitor;
  if (reference.kind !== 'training-statistics' || reference.features === undefined) return [];
  const statistics = reference.features;
  return Object.entries(features).flatMap(([feature, { kind, enabled }]) =>
    enabled && kind === 'continuous' && !Object.hasOwn(statistics, feature) ? [feature] : [],
  );
}
