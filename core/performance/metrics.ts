/** Every performance metric as data: what it is about, which way is better, its unit, and how it is written in words. */

export type Task = 'regression' | 'classification';

/** Which way a metric gets better. Bias is best at 0; confidence says nothing about right or wrong. */
export type Direction = 'lower-is-better' | 'higher-is-better' | 'closer-to-zero-is-better' | 'none';

/** `target`: the unit of the actual; `ratio`: 0.18 means 18 %; `score`: a bare number; `nats`: natural logarithms. */
export type MetricUnit = 'target' | 'ratio' | 'score' | 'nats';

interface MetricDescription {
  readonly label: string;
  readonly task: Task;
  readonly direction: Direction;
  readonly unit: MetricUnit;
  readonly meaning: string;
}

export const metricTable = {
  rmse: {
    label: 'RMSE',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Root of the mean squared error: the typical error, large ones weighing more.',
  },
  mae: {
    label: 'MAE',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Mean absolute error.',
  },
  median_ae: {
    label: 'median AE',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Median absolute error: half of the rows err by less.',
  },
  mape: {
    label: 'MAPE',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Mean of |error| / |actual|; rows whose actual is 0 are left out and counted.',
  },
  wmape: {
    label: 'wMAPE',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Sum of |error| / sum of |actual|: rows of small actuals weigh little.',
  },
  smape: {
    label: 'sMAPE',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Mean of |error| / the mean of |actual| and |prediction|: 0 to 200 %.',
  },
  r2: {
    label: 'R²',
    task: 'regression',
    direction: 'higher-is-better',
    unit: 'score',
    meaning:
      'Share of the variance of the actuals that is explained: 1 perfect, 0 no better than their mean.',
  },
  bias: {
    label: 'bias',
    task: 'regression',
    direction: 'closer-to-zero-is-better',
    unit: 'target',
    meaning: 'Mean of prediction - actual: above 0 the model predicts too much.',
  },
  peak_hour_mape: {
    label: 'peak-hour MAPE',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'MAPE over the rows of the local peak hours.',
  },
  pinball_loss: {
    label: 'pinball loss',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Loss of the bounds of the intervals as quantiles, the mean of both bounds.',
  },
  interval_coverage: {
    label: 'interval coverage',
    task: 'regression',
    direction: 'none',
    unit: 'ratio',
    meaning: 'Share of actuals within the interval of their prediction.',
  },
  accuracy: {
    label: 'accuracy',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Share of rows whose predicted class is the actual one.',
  },
  balanced_accuracy: {
    label: 'balanced accuracy',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Recall of a class; plain mean over the classes that are present.',
  },
  precision: {
    label: 'precision',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Of the rows predicted as a class, the share that is; mean over classes weighted by support.',
  },
  recall: {
    label: 'recall',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Of the rows of a class, the share predicted as it; mean over classes weighted by support.',
  },
  f1: {
    label: 'F1',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'Harmonic mean of precision and recall of a class; mean over classes weighted by support.',
  },
  precision_macro: {
    label: 'macro precision',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Precision of a class; plain mean over the classes that occur.',
  },
  recall_macro: {
    label: 'macro recall',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Recall of a class; plain mean over the classes that occur.',
  },
  f1_macro: {
    label: 'macro F1',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'F1 of a class; plain mean over the classes that occur.',
  },
  roc_auc: {
    label: 'ROC AUC',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'Chance that a row of a class is scored above a row of another: 1 perfect, 0.5 a coin.',
  },
  pr_auc: {
    label: 'PR AUC',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'Average precision: mean precision over all thresholds, weighted by the recall each adds.',
  },
  log_loss: {
    label: 'log loss',
    task: 'classification',
    direction: 'lower-is-better',
    unit: 'nats',
    meaning: 'Mean of -ln of the probability that was given to the actual class.',
  },
  brier: {
    label: 'Brier score',
    task: 'classification',
    direction: 'lower-is-better',
    unit: 'score',
    meaning: 'Mean squared distance of the probabilities from what happened.',
  },
  expected_calibration_error: {
    label: 'calibration error',
    task: 'classification',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Mean distance between probabilities and how often they came true, over ten bins.',
  },
  confidence: {
    label: 'confidence',
    task: 'classification',
    direction: 'none',
    unit: 'ratio',
    meaning: 'Mean probability that was given to the predicted class.',
  },
} as const satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof metricTable;

/**
 * Is there a metric of this name?
 *
 * @example isMetricName('rmsle') // false
 */
export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metricTable, name);
}

/** A value, or why there is none. From counts in cells it may be off by up to `errorBound`; without one it is exact. */
export type Measured =
  | { readonly value: number; readonly errorBound?: number }
  | { readonly notComputable: string };

/** The metrics of one task. */
export type MetricOf<T extends Task> = {
  [Name in MetricName]: (typeof metricTable)[Name]['task'] extends T ? Name : never;
}[MetricName];

/**
 * By how much is a value better than a baseline, in the direction of its metric? Positive is better, in the unit of the
 * metric; undefined for a metric without a direction.
 *
 * @example betterBy('rmse', 58, 101) // 43
 */
export function betterBy(metric: MetricName, value: number, baseline: number): number | undefined {
  const by = {
    'lower-is-better': baseline - value,
    'higher-is-better': value - baseline,
    'closer-to-zero-is-better': Math.abs(baseline) - Math.abs(value),
    none: undefined,
  };
  return by[metricTable[metric].direction];
}

/**
 * How is a metric's value written in words? Ratios as percent; `digits` significant digits, but never less than the
 * whole number.
 *
 * @example metricText('mape', 0.18249) // '18.25%'
 * @example metricText('rmse', 123456.7) // '123457'
 */
export function metricText(metric: MetricName, value: number, digits = 4): string {
  return metricTable[metric].unit === 'ratio' ? percentText(value, digits) : numberText(value, digits);
}

/**
 * Two values of a metric side by side, with as many digits as it takes to tell them apart.
 *
 * @example distinctTexts('rmse', 75.00004, 75) // ['75.00004', '75']
 */
export function distinctTexts(metric: MetricName, a: number, b: number): readonly [string, string] {
  for (let digits = 4; digits <= 17; digits += 1) {
    const texts = [metricText(metric, a, digits), metricText(metric, b, digits)] as const;
    if (texts[0] !== texts[1]) return texts;
  }
  return [metricText(metric, a), metricText(metric, b)];
}

/** @example percentText(0.92857) // '92.9%' */
export function percentText(ratio: number, digits = 3): string {
  return `${numberText(ratio * 100, digits)}%`;
}

/** @example countText(1, 'outcome') // '1 outcome' */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function numberText(value: number, digits: number): string {
  const wholeDigits = Math.abs(value) < 1 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  return String(Number(value.toPrecision(Math.min(100, Math.max(digits, wholeDigits)))));
}
