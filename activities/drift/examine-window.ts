/** All that a drift run finds in one window, on one snapshot of what is stored. */

import { judgeDataset } from '../../core/drift/dataset-drift.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Finding } from '../../core/multivariate/finding.ts';
import { joinFindings } from '../../core/multivariate/join-findings.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import type { Queryable } from '../../sql/database.ts';
import { compareTogether } from '../multivariate/compare-together.ts';
import { wholeModel } from '../profiles/columns.ts';
import { isProfiled } from '../profiles/profile-hours.ts';
import { findReference, type StoredReference } from '../profiles/reference-store.ts';
import { checkQuality, type WindowQuality } from '../quality/check-quality.ts';
import { judgeWindow, type SegmentDrift, type WindowToJudge } from './judge-window.ts';
import { findChecked } from './store.ts';

export interface ExaminedWindow {
  readonly whole: SegmentDrift;
  readonly named: readonly SegmentDrift[];
  readonly quality: WindowQuality;
  /** Of all features together. */
  readonly together: readonly Finding<unknown>[];
  /** The mark of the run that was stored of this window then. */
  readonly checked: string | undefined;
}

interface WindowToExamine extends WindowToJudge {
  readonly asOf: number;
  /** Are all features compared together? It takes a second or more, and reads a sample of rows. */
  readonly isTogether: boolean;
}

/**
 * Judges a window by columns, by its quality and by all features together. Undefined when another
 * run has dropped what `prepareWindow` stored.
 */
export async function examineWindow(
  connection: Queryable,
  monitor: Monitor,
  prepared: StoredReference | { readonly missing: string },
  window: WindowToExamine,
): Promise<ExaminedWindow | undefined> {
  const { current, asOf } = window;
  const found =
    'missing' in prepared
      ? {
          whole: nothingJudged(prepared.missing),
          named: [],
          quality: await checkQuality(connection, monitor, undefined, current, asOf),
          together: [],
        }
      : await examineAgainst(connection, monitor, prepared.id, window);
  if (found === undefined) return undefined;
  return { ...found, checked: await findChecked(connection, { model: monitor.model, window: current }) };
}

async function examineAgainst(
  connection: Queryable,
  monitor: Monitor,
  referenceId: string,
  window: WindowToExamine,
): Promise<Omit<ExaminedWindow, 'checked'> | undefined> {
  const { current, asOf, isTogether } = window;
  const reference = await findReference(connection, monitor.model, referenceId);
  if (reference === undefined || !(await isProfiled(connection, monitor, reference, current)))
    return undefined;
  const judged = await judgeWindow(connection, monitor, reference, window);
  if (judged === undefined) return undefined;
  const [whole, ...named] = judged;
  const quality = await checkQuality(connection, monitor, reference, current, asOf);
  const { compared } = referenceWindows(monitor.reference, current);
  const together: readonly Finding<unknown>[] = isTogether
    ? Object.values(await compareTogether(connection, monitor, { current, reference: compared }))
    : [];
  return {
    whole: { ...whole, dataset: joinFindings(whole.dataset, together, monitor.drift.alpha) },
    named,
    quality,
    together,
  };
}

function nothingJudged(reason: string): SegmentDrift {
  const dataset = { ...judgeDataset([]), verdict: { level: 'insufficient-data', reason } as const };
  return {
    segment: wholeModel,
    distributions: new Map(),
    columns: [],
    dataset,
    rows: 0,
    outOfDistribution: 0,
    referenceRows: 0,
    actuals: 0,
  };
}
