/** What a column can be beside a feature, and how such columns are usually called. */

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

/** Field -> names that mean it, likeliest first; case, spaces and punctuation do not matter. */
const usualNames: Readonly<Record<Field, readonly string[]>> = {
  entity: ['entity', 'entityid', 'key', 'id'],
  event_time: ['eventtime', 'eventtimestamp', 'timestamp', 'datetime', 'time', 'ts', 'date'],
  issued_at: ['issuedat', 'issuedtime', 'predictedat', 'predictiontime'],
  version: ['version', 'modelversion'],
  role: ['role'],
  prediction: [
    'prediction',
    'predicted',
    'ypred',
    'yhat',
    'predictedvalue',
    'predictedclass',
    'predictedlabel',
    'forecast',
  ],
  interval_low: ['intervallow', 'predictionlow', 'predictionlower', 'lowerbound', 'lower'],
  interval_high: ['intervalhigh', 'predictionhigh', 'predictionupper', 'upperbound', 'upper'],
  actual: [
    'actual',
    'actualvalue',
    'groundtruth',
    'target',
    'label',
    'ytrue',
    'observed',
    'outcome',
    'actualclass',
    'value',
    'y',
  ],
  recorded_at: ['recordedat', 'recordedtime', 'knownat', 'labeledat', 'labelledat', 'observedat'],
};

export const fields = Object.keys(usualNames) as readonly Field[];

/**
 * The column that is usually called like a field.
 *
 * @example columnFor('event_time', ['Event Time', 'date']) // 'Event Time'
 */
export function columnFor(field: Field, columns: readonly string[]): string | undefined {
  for (const name of usualNames[field]) {
    const column = columns.find((column) => plain(column) === name);
    if (column !== undefined) return column;
  }
  return undefined;
}

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
  const named = /^(?:probability|proba|prob)[_ .:-](.+)$/i.exec(column)?.[1];
  if (named !== undefined) {
    if (known === undefined) return named;
    return known.find((name) => name === named) ?? known.find((name) => plain(name) === plain(named));
  }
  const isPlain = ['probability', 'proba', 'confidence', 'score', 'yscore'].includes(plain(column));
  return isPlain ? positive : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
