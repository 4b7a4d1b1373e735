/** Did two versions get the shares of the rows that they were meant to get? */

import { formatPValue, formatShare } from '../number-text.ts';
import { certaintyOf, differenceOf, sum, type BlockLength } from './blocks.ts';

/** The usual level of the check: a split that fails it is broken, not unlucky. */
const alpha = 0.001;

export interface SampleRatio {
  /** Share of the subject's rows among those of both. */
  readonly share: number;
  readonly verdict: 'ok' | 'warning' | 'insufficient-data';
  readonly reason: string;
}

/**
 * Is the split of rows between two versions the one that was meant?
 *
 * The share of the subject's rows over all blocks, held against the meant one by batch means (see `certaintyOf`): entities
 * that come back make rows of a day alike, which the usual chi-squared test of a sample-ratio mismatch takes for
 * independent. A warning at p <= 0.001: then differences between the versions may come from how rows were dealt out.
 *
 * Without a meant share, the share is told and nothing is judged. Source: Fabijan et al. (2019), KDD (sample-ratio mismatch).
 *
 * @param rows rows of either version in each block, in the order of time
 * @example
 * const rows = [50, 52, 49, 51].map((subject) => ({ subject, against: 200 - subject }));
 * judgeSampleRatio(rows, 0.5, 'day') // { share: 0.2525, verdict: 'warning' }
 */
export function judgeSampleRatio(
  rows: readonly { readonly subject: number; readonly against: number }[],
  meant: number | undefined,
  length: BlockLength,
): SampleRatio {
  const totals = rows.map(({ subject, against }) => subject + against);
  const all = sum(totals);
  const share = all === 0 ? 0 : sum(rows.map(({ subject }) => subject)) / all;
  const observed = `${formatShare(share)} of the rows`;
  if (meant === undefined)
    return { share, verdict: 'ok', reason: `${observed}; no split is configured to hold it against` };
  const influences = rows.map(({ subject }, block) => (subject - share * totals[block]!) / all);
  const certainty = certaintyOf(differenceOf(share, meant), influences, [totals], length);
  if ('notComputable' in certainty)
    return { share, verdict: 'insufficient-data', reason: `${observed}: ${certainty.notComputable}` };
  const { pValue } = certainty;
  const against = `${formatShare(meant)} were meant (p ${formatPValue(pValue)})`;
  return pValue <= alpha
    ? { share, verdict: 'warning', reason: `${observed}, but ${against}: what is compared may not be alike` }
    : { share, verdict: 'ok', reason: `${observed}, ${against}` };
}
