/** Every performance metric as data: what it is about, which way is better, its unit, and how it is written in words. */

export type Task = 'regression' | 'classification';

/** Which way a metric gets better. Bias is best at 0; confidence says nothing about right or wrong. */
export type Direction = 'lower-is-better' | 'higher-is-better' | 'closer-to-zero-is-better' | 'none';

/** `target`: the unit of the actual; `ratio`: 0.18 means 18 %; `score`: a bare number; `nats`: natural logarithms. */
export type MetricUnit = 'target' | 'ratio' | 'score' | 'nats';

interface MetricDescription {
  readonly label: string;
  /** Its name in Prometheus. */
  readonly gauge: `model_${string}`;
  readonly task: Task;
  readonly direction: Direction;
  readonly unit: MetricUnit;
  readonly meaning: string;
}

/** What limits, labels, gauges and reports know about a metric. How it is computed: `regressionMetrics`, `classificationMetrics`. */
export const metricTable = {
  rmse: {
    label: 'RMSE',
    gauge: 'model_rmse',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Root of the mean squared error: the typical error, large ones weighing more.',
  },
  mae: {
    label: 'MAE',
    gauge: 'model_mae',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Mean absolute error.',
  },
  median_ae: {
    label: 'median AE',
    gauge: 'model_median_ae',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Median absolute error: half of the rows err by less.',
  },
  mape: {
    label: 'MAPE',
    gauge: 'model_mape',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Mean of |error| / |actual|; rows whose actual is 0 are left out and counted.',
  },
  wmape: {
    label: 'wMAPE',
    gauge: 'model_wmape',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Sum of |error| / sum of |actual|: rows with small actuals weigh little.',
  },
  smape: {
    label: 'sMAPE',
    gauge: 'model_smape',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Mean of |error| / the mean of |actual| and |prediction|: 0 to 200 %.',
  },
  r2: {
    label: 'R²',
    gauge: 'model_r2_score',
    task: 'regression',
    direction: 'higher-is-better',
    unit: 'score',
    meaning:
      'Share of the variance of the actuals that is explained: 1 perfect, 0 no better than their mean.',
  },
  bias: {
    label: 'bias',
    gauge: 'model_bias',
    task: 'regression',
    direction: 'closer-to-zero-is-better',
    unit: 'target',
    meaning: 'Mean of prediction - actual: above 0 the model predicts too much.',
  },
  peak_hour_mape: {
    label: 'peak-hour MAPE',
    gauge: 'model_peak_hour_mape',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'MAPE over the rows of the local peak hours.',
  },
  pinball_loss: {
    label: 'pinball loss',
    gauge: 'model_pinball_loss',
    task: 'regression',
    direction: 'lower-is-better',
    unit: 'target',
    meaning: 'Quantile loss of the bounds of intervals, the mean of both.',
  },
  interval_coverage: {
    label: 'interval coverage',
    gauge: 'model_interval_coverage',
    task: 'regression',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning:
      'Share of actuals within the interval of their prediction; above the promised share, intervals are too wide.',
  },
  accuracy: {
    label: 'accuracy',
    gauge: 'model_accuracy',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Share of rows whose predicted class is the actual one.',
  },
  balanced_accuracy: {
    label: 'balanced accuracy',
    gauge: 'model_balanced_accuracy',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Recall, plain mean over the classes that are present.',
  },
  precision: {
    label: 'precision',
    gauge: 'model_precision',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Share of the rows predicted as a class that are of it; mean over classes weighted by support.',
  },
  recall: {
    label: 'recall',
    gauge: 'model_recall',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Share of the rows of a class predicted as it; mean over classes weighted by support.',
  },
  f1: {
    label: 'F1',
    gauge: 'model_f1_score',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'Harmonic mean of precision and recall; mean over classes weighted by support.',
  },
  precision_macro: {
    label: 'macro precision',
    gauge: 'model_precision_macro',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Precision, plain mean over the classes that occur.',
  },
  recall_macro: {
    label: 'macro recall',
    gauge: 'model_recall_macro',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'ratio',
    meaning: 'Recall, plain mean over the classes that occur.',
  },
  f1_macro: {
    label: 'macro F1',
    gauge: 'model_f1_macro',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'F1, plain mean over the classes that occur.',
  },
  roc_auc: {
    label: 'ROC AUC',
    gauge: 'model_roc_auc',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'Chance that a row of a class is scored above a row of another: 1 perfect, 0.5 a coin.',
  },
  pr_auc: {
    label: 'PR AUC',
    gauge: 'model_pr_auc',
    task: 'classification',
    direction: 'higher-is-better',
    unit: 'score',
    meaning: 'Average precision: mean precision over all thresholds, weighted by the recall each adds.',
  },
  log_loss: {
    label: 'log loss',
    gauge: 'model_log_loss',
    task: 'classification',
    direction: 'lower-is-better',
    unit: 'nats',
    meaning: 'Mean of -ln of the probability given to the actual class.',
  },
  brier: {
    label: 'Brier score',
    gauge: 'model_brier_score',
    task: 'classification',
    direction: 'lower-is-better',
    unit: 'score',
    meaning: 'Mean squared distance of the probabilities from what happened.',
  },
  expected_calibration_error: {
    label: 'calibration error',
    gauge: 'model_expected_calibration_error',
    task: 'classification',
    direction: 'lower-is-better',
    unit: 'ratio',
    meaning: 'Mean distance between probabilities and how often they came true, over ten bins.',
  },
  confidence: {
    label: 'confidence',
    gauge: 'model_prediction_confidence',
    task: 'classification',
    direction: 'none',
    unit: 'ratio',
    meaning: 'Mean probability given to the predicted class.',
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

/** Those by which a model can be judged: they have a direction. */
export type JudgedMetric = {
  [Name in MetricName]: (typeof metricTable)[Name]['direction'] extends 'none' ? never : Name;
}[MetricName];

/**
 * By which metrics can a model be judged, in the order of the table? Those with a direction, of one task or of both.
 *
 * @example judgedMetrics('classification').includes('confidence') // false
 */
export function judgedMetrics(task?: Task): readonly JudgedMetric[] {
  return (Object.keys(metricTable) as MetricName[]).filter(
    (name): name is JudgedMetric =>
      metricTable[name].direction !== 'none' && (task === undefined || metricTable[name].task === task),
  );
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
