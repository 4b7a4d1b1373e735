/** Have the features left the directions in which the reference varies together? */

import { formatPValue, formatSignificant } from '../number-text.ts';
import { levelFor, notFound, rowsInWords, type Finding, type Floors } from './finding.ts';
import { meanReconstructionError, type Reconstruction } from './principal-components.ts';
import { rowCountOf, type Sample } from './sample.ts';
import { againstUsual, fewestUsualWindows, type AgainstUsual } from './usual-windows.ts';

/** In deviations of the errors of single rows: a small and a medium difference (Cohen 1988). */
const reconstructionFloors: Floors = { warning: 0.2, critical: 0.5 };

export interface ReconstructionDetails {
  readonly meanError: number;
  readonly usual: AgainstUsual | null;
  readonly components: number;
  readonly columns: number;
  /** Share of the reference's variance that the components hold. */
  readonly explained: number;
}

/**
 * Is the mean reconstruction error of the current window unusual?
 *
 * The statistic is that mean, in standard deviations of the columns; the effect its distance from the mean of the usual
 * windows, in deviations of the errors of single rows. Both directions count: rows that vary in new directions have
 * larger errors, a column that follows another too closely (a stuck or copied sensor) smaller ones.
 *
 * `insufficient-data` without rows, with fewer than two columns that vary in the reference, or below three usual
 * windows: without these nobody knows how much the mean varies by itself. Source: NannyML's data reconstruction, with a
 * t-predictive p-value in the place of three standard deviations. Cost: rows x columns x components.
 *
 * False alarms at alpha .05, 8 features, a week of hours (simulated, 80 to 200 windows a number): 1% of independent
 * rows; with an autocorrelation of .9 10% from four usual windows and 6% from eight.
 *
 * @param usual the mean errors of earlier windows of the same length (`meanReconstructionError`)
 */
export function judgeReconstruction(
  reconstruction: Reconstruction | { readonly notComputable: string },
  reference: Sample,
  current: Sample,
  { alpha, usual }: { readonly alpha: number; readonly usual: readonly number[] },
): Finding<ReconstructionDetails> {
  const sampleSizes = { reference: rowCountOf(reference), current: rowCountOf(current) };
  const missing = (reason: string): Finding<ReconstructionDetails> =>
    notFound('pca-reconstruction', reconstructionFloors, sampleSizes, reason);
  if ('notComputable' in reconstruction) return missing(reconstruction.notComputable);
  if (sampleSizes.current === 0) return missing('the current window has no row');
  const meanError = meanReconstructionError(reconstruction, current);
  const { components, columns, explained, errorDeviation } = reconstruction;
  const against = againstUsual(meanError, usual, 'both');
  const details = {
    meanError,
    usual: against ?? null,
    components: components.length,
    columns: columns.length,
    explained,
  };
  const words = `mean reconstruction error ${formatSignificant(meanError)}`;
  if (against === undefined) {
    const needed = `${usual.length} usual windows do not tell how much it varies: ${fewestUsualWindows} are needed`;
    return { ...missing(`${words}, but ${needed}`), statistic: meanError, details };
  }
  const distance = Math.abs(meanError - against.mean);
  const effect = distance === 0 ? 0 : Math.min(largestEffect, distance / errorDeviation);
  const { mean, standardDeviation, windows, pValue } = against;
  const usually = `usually ${formatSignificant(mean)} +- ${formatSignificant(standardDeviation, 2)} in ${windows} windows`;
  const weighed = `p ${formatPValue(pValue)}, ${formatSignificant(effect, 2)} sd of single rows; ${rowsInWords(sampleSizes)}`;
  return {
    method: 'pca-reconstruction',
    statistic: meanError,
    pValue,
    effect,
    threshold: reconstructionFloors.warning,
    sampleSizes,
    verdict: {
      level: levelFor(pValue, alpha, effect, reconstructionFloors),
      reason: `${words}, ${usually} (${weighed})`,
    },
    details,
  };
}

/** Where the errors of the reference do not vary at all. */
const largestEffect = 1e6;
