import { patched } from '@temporalio/workflow';

import { installation, storageMaintenanceId } from '../core/storage/settings.ts';
import { asOfOf, decodeInput } from './input.ts';
import { pushMetrics, type PushFacts } from './push-metrics.ts';
import type { ResultOf } from './steps.ts';
import { decisions, scans } from './steps.ts';

/** What a run has done; with `plan`, what it would do. */
export interface StorageMaintenanceResult extends Omit<PushFacts, 'metrics'> {
  /** The instant that the run spoke for. */
  readonly asOf: string;
  readonly metrics: PushFacts['metrics'] | 'planned only';
  readonly partitions: ResultOf<'makePartitions'>;
  /** Null in a run that began before there was any. */
  readonly retention: ResultOf<'applyRetention'> | null;
  /** All tables and indexes; null where it was planned only. */
  readonly databaseBytes: number | null;
}

/**
 * Keeps the storage of the installation in order: makes partitions ahead, moves rows out of the default partitions, and removes what is older
 * than it is to be kept.
 *
 * Guaranteed: it waits for no lock for longer than half a second, so that nobody who writes waits behind it; what was computed of rows that
 * go stays as it is; what is removed is accounted for in the same transaction; done again it does nothing; with
 * `"plan": true` it changes nothing and says what it would do.
 */
export async function storageMaintenance(input: unknown): Promise<StorageMaintenanceResult> {
  const { plan = false, ...given } = decodeInput('storageMaintenance', input);
  const asOf = asOfOf(given);
  const partitions = await scans.makePartitions({ asOf, plan });
  const retention = patched('applyRetention') ? await scans.applyRetention({ asOf, plan }) : null;
  if (plan) return { asOf, metrics: 'planned only', partitions, retention, databaseBytes: null };
  const { databaseBytes } = await decisions.concludeMaintenance({ asOf });
  const pushed = await pushMetrics({ model: installation, process: storageMaintenanceId });
  return { asOf, ...pushed, partitions, retention, databaseBytes };
}
