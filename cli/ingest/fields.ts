/** What a column can be beside a feature. */

import { nameOf } from './usual-names.ts';

export type Field =
  | 'entity'
  | 'event_time'
  | 'issued_at'
  | 'version'
  | 'role'
  | 'prediction'
  | 'interval_low'
  | 'interval_high'
  | 'actual'
  | 'recorded_at';

export const fields = [
  'entity',
  'event_time',
  'issued_at',
  'version',
  'role',
  'prediction',
  'interval_low',
  'interval_high',
  'actual',
  'recorded_at',
] as const satisfies readonly Field[];

/** A name of a probability's target, `probability:yes`. */
export const probabilityPrefix = 'probability:';
/** Says that a name is one of a feature, though a field is called alike. */
export const featurePrefix = 'feature:';

/**
 * The class that a column has the probability of, by its name.
 *
 * @param known the classes of the monitor; without one, any class goes
 * @param positive the class that a plain `probability` is about
 * @example classOf('proba_yes', ['no', 'yes'], 'yes') // 'yes'
 */
export function classOf(
  column: string,
  known: readonly string[] | undefined,
  positive: string | undefined,
): string | undefined {
  const named = /^(?:predicted[_ .-]?)?(?:probability|proba|prob)[_ .:-](.+)$/i.exec(column)?.[1];
  if (named !== undefined) {
    if (known === undefined) return named;
    return known.find((name) => name === named) ?? known.find((name) => plain(name) === plain(named));
  }
  const { plain: text, words } = nameOf(column);
  const isPlain = ['confidence', 'score', 'yscore', 'modelscore'].includes(text);
  // "churn_prob", "Predicted Probability".
  const ends = ['probability', 'proba', 'prob'].includes(words.at(-1) ?? '');
  return isPlain || ends ? positive : undefined;
}

function plain(name: string): string {
  return nameOf(name).plain;
}
