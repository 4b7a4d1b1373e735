/** How columns are usually called, by the words of their names: any case, `snake_case`, `camelCase`, spaces and punctuation. */

import type { Field } from './fields.ts';

/** A name as it is compared. */
export interface Name {
  /** Letters and digits only, in lower case. */
  readonly plain: string;
  readonly words: readonly string[];
}

/** @example nameOf('PredictedMinutes (min)') // { plain: 'predictedminutesmin', words: ['predicted', 'minutes', 'min'] } */
export function nameOf(column: string): Name {
  const words = column
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return { plain: words.join(''), words };
}

type Test = (name: Name) => boolean;

const called =
  (...plain: readonly string[]): Test =>
  (name) =>
    plain.includes(name.plain);

const has = (words: readonly string[], { words: found }: Name): boolean =>
  found.some((word) => words.includes(word));

/** The first or the last word is one of these. */
const edge = (words: readonly string[], { words: found }: Name): boolean =>
  [found[0], found.at(-1)].some((word) => word !== undefined && words.includes(word));

const predicted = ['predicted', 'prediction', 'predictions', 'pred', 'preds', 'predict', 'yhat'];
const forecast = ['forecast', 'forecasted', 'forecasts'];
const estimate = ['estimate', 'estimated', 'score', 'output', 'guess', 'guessed'];
const realized = ['actual', 'actuals', 'realized', 'realised'];
const labels = ['target', 'label', 'outcome', 'observed', 'truth', 'response'];
/** With one of these a name is about the prediction or the actual, and not it. */
const besides =
  'low lower lo high upper hi interval error residual std sd variance id key version prob proba probability probabilities confidence rank'.split(
    ' ',
  );
const timeEnds = ['at', 'on', 'time', 'date', 'datetime', 'timestamp', 'ts', 'utc', 'when'];
const issued = ['issued', 'scored', 'inference', ...predicted, ...forecast];
const recorded = ['recorded', 'known', 'labeled', 'labelled', 'received', 'label', 'outcome', 'observed'];
const endings =
  'completed finished delivered arrived settled resolved closed confirmed sold paid returned end ended dropoff'.split(
    ' ',
  );

const isTimeOf =
  (words: readonly string[]): Test =>
  (name) =>
    has(words, name) && has(timeEnds, name);

/** When a row was written, which is about no event. */
const written = ['updated', 'modified', 'changed', 'ingested', 'inserted', 'loaded', 'deleted', 'synced'];

/** Is it a time at which something ends, or is known, by its name? */
export function isEnd(column: string): boolean {
  const name = nameOf(column);
  return has([...recorded, ...endings], name) && (has(timeEnds, name) || edge(endings, name));
}

const value =
  (test: Test): Test =>
  (name) =>
    test(name) && !has(besides, name);

const bound = (sides: readonly string[]): Test => {
  const about = [...predicted, ...forecast, 'ci', 'pi', 'interval', 'bound', 'confidence', 'limit'];
  return (name) => has(sides, name) && (has(about, name) || name.plain.startsWith('yhat'));
};

/** Field -> what names mean it, the surest first; names of one line are alike sure. */
export const usualNames: Readonly<Record<Field, readonly Test[]>> = {
  entity: [
    called('entity', 'entityid'),
    called('id', 'key', 'uuid', 'uid'),
    ({ words }) =>
      words.length > 1 && !words.includes('model') && ['id', 'key', 'uuid', 'uid'].includes(words.at(-1)!),
  ],
  event_time: [
    called('eventtime', 'eventtimestamp', 'eventdate'),
    called('timestamp', 'datetime', 'ts'),
    called('time', 'date'),
    (name) =>
      has(timeEnds, name) &&
      !isTimeOf(issued)(name) &&
      !isEnd(name.words.join(' ')) &&
      !isTimeOf(written)(name),
    isTimeOf(issued),
  ],
  issued_at: [called('issuedat', 'issuedtime'), isTimeOf(issued)],
  version: [
    called('version', 'modelversion'),
    ({ words }) =>
      words.includes('model') &&
      has(['version', 'ver', 'id', 'tag', 'release', 'revision', 'build'], { plain: '', words }),
  ],
  role: [called('role')],
  interval_low: [
    called('intervallow', 'predictionlow', 'predictionlower', 'yhatlower'),
    bound(['low', 'lower', 'lo']),
    called('lowerbound', 'lower'),
  ],
  interval_high: [
    called('intervalhigh', 'predictionhigh', 'predictionupper', 'yhatupper'),
    bound(['high', 'upper', 'hi']),
    called('upperbound', 'upper'),
  ],
  prediction: [
    called('prediction'),
    value(
      (name) => called('yhat', 'modeloutput', 'modelscore', 'modelresult')(name) || edge(predicted, name),
    ),
    value((name) => edge(forecast, name)),
    value((name) => called('score', 'yscore', 'output', 'estimate', 'estimated', 'guess')(name)),
    value((name) => edge(estimate, name)),
  ],
  actual: [
    called('actual'),
    value(
      (name) =>
        called('groundtruth', 'ytrue')(name) ||
        edge(realized, name) ||
        (name.words[0] === 'true' && name.words.length > 1),
    ),
    called('target', 'label', 'observed', 'outcome'),
    called('value', 'y'),
    value((name) => edge(labels, name)),
  ],
  recorded_at: [
    called('recordedat', 'recordedtime', 'knownat', 'knownsince'),
    isTimeOf([...recorded, ...realized]),
  ],
};

/** What is left of a name without the words that say that it is a prediction or an actual. */
export function stemOf(column: string): string {
  const without = [
    ...predicted,
    ...forecast,
    ...estimate,
    ...realized,
    ...labels,
    'true',
    'ground',
    'hat',
    'model',
  ];
  return nameOf(column)
    .words.filter((word) => !without.includes(word))
    .join('');
}
