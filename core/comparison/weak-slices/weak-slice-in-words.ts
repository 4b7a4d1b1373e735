/** Weak slices in words. */

import { countText, metricText } from '../../performance/metrics.ts';
import type { WeakSlice } from './find-weak-slices.ts';
import { inWords } from './slice-conditions.ts';

/** What the loss of a row is: |error|, -ln of the probability of the actual class, or 1 for a wrong class. */
export type SliceLoss = 'mae' | 'log_loss' | 'error_rate';

/**
 * Which rows a slice holds.
 *
 * @example sliceInWords({ conditions: [{ feature: 'workingday', level: '1' }, { feature: 'hr', from: 17, to: 19 }] })
 * // 'workingday = 1 and hr 17 to 19'
 */
export function sliceInWords({ conditions }: Pick<WeakSlice, 'conditions'>): string {
  return conditions.map(inWords).join(' and ');
}

/**
 * How bad it is there.
 *
 * @example lossInWords('mae', { rows: 212, value: 81.04, rest: 34.2 }) // 'MAE 81.04 against 34.2 elsewhere, 212 rows'
 */
export function lossInWords(
  loss: SliceLoss,
  { rows, value, rest }: Pick<WeakSlice, 'rows' | 'value' | 'rest'>,
): string {
  const { label, text } = lossTexts[loss];
  return `${label} ${text(value)} against ${text(rest)} elsewhere, ${countText(rows, 'row')}`;
}

const lossTexts: Readonly<
  Record<SliceLoss, { readonly label: string; readonly text: (value: number) => string }>
> = {
  mae: { label: 'MAE', text: (value) => metricText('mae', value) },
  log_loss: { label: 'log loss', text: (value) => metricText('log_loss', value) },
  error_rate: { label: 'error rate', text: (value) => metricText('accuracy', value, 3) },
};
