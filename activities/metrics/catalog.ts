/** Every gauge that is pushed, as data. */

import { metricTable, type MetricName, type MetricUnit } from '../../core/performance/metrics.ts';
import type { Process } from '../processes/watermarks.ts';

interface GaugeDescription {
  readonly help: string;
  /** Beside those of the group: job, process and model. */
  readonly labels: readonly string[];
  /** Whose groups hold it. */
  readonly processes: readonly Process[];
}

const everyProcess = [
  'actuals-backfill',
  'drift-detection',
  'hourly-drift-detection',
  'performance-evaluation',
  'degradation-check',
  'retraining',
  'storage-maintenance',
] as const satisfies readonly Process[];

const drift = ['drift-detection', 'hourly-drift-detection'] as const;

const unitText = {
  target: 'In the unit of the actual.',
  ratio: 'A ratio: 0.18 is 18 %.',
  score: 'A score.',
  nats: 'In nats.',
} as const satisfies Record<MetricUnit, string>;

type PerformanceGauge = (typeof metricTable)[MetricName]['gauge'];

const performanceGauges = Object.fromEntries(
  Object.values(metricTable).map(({ gauge, meaning, unit }): [PerformanceGauge, GaugeDescription] => [
    gauge,
    {
      help: `${meaning} ${unitText[unit]} Newest day evaluated, per version.`,
      labels: ['version'],
      processes: ['performance-evaluation'],
    },
  ]),
) as Readonly<Record<PerformanceGauge, GaugeDescription>>;

/** What can be estimated without actuals, of the metrics that dashboards begin with. */
export const estimatedMetrics = [
  'rmse',
  'mae',
  'mape',
  'r2',
  'accuracy',
  'precision',
  'recall',
  'f1',
  'roc_auc',
] as const satisfies readonly MetricName[];

type EstimatedGauge =
  (typeof metricTable)[(typeof estimatedMetrics)[number]]['gauge'] extends `model_${infer Name}`
    ? `model_estimated_${Name}`
    : never;

/** Beside `model_rmse` stands `model_estimated_rmse`. */
export function estimatedGauge(metric: (typeof estimatedMetrics)[number]): EstimatedGauge {
  return metricTable[metric].gauge.replace('model_', 'model_estimated_') as EstimatedGauge;
}

const estimatedGauges = Object.fromEntries(
  estimatedMetrics.map((metric): [EstimatedGauge, GaugeDescription] => {
    const { meaning, unit } = metricTable[metric];
    return [
      estimatedGauge(metric),
      {
        help: `Estimated without actuals. ${meaning} ${unitText[unit]} Newest day estimated, per version.`,
        labels: ['version'],
        processes: ['performance-evaluation'],
      },
    ];
  }),
) as Readonly<Record<EstimatedGauge, GaugeDescription>>;

export const gaugeCatalog = {
  data_drift_detected: {
    help: '1 when the newest drift run is warning or critical, else 0 (also when it has too little data).',
    labels: [],
    processes: drift,
  },
  data_drift_share: {
    help: 'Drifted features / judged features, 0 to 1; absent when none could be judged.',
    labels: [],
    processes: drift,
  },
  data_drift_score: {
    help: 'How far a column is from its reference by its deciding method: 0 is the same, more is further.',
    labels: ['feature', 'method'],
    processes: drift,
  },
  data_drift_ratio: {
    help: 'Share of rows with any feature outside the range of the reference or beyond 3 standard deviations, 0 to 1.',
    labels: [],
    processes: drift,
  },
  feature_missing_ratio: {
    help: 'Share of rows without a value, 0 to 1.',
    labels: ['feature'],
    processes: drift,
  },
  feature_out_of_range_ratio: {
    help: 'Share of values outside the range of the reference, 0 to 1.',
    labels: ['feature'],
    processes: drift,
  },
  ...performanceGauges,
  ...estimatedGauges,
  model_window_end_timestamp_seconds: {
    help: "End of the window of a version's performance: a version below another one no longer serves.",
    labels: ['version'],
    processes: ['performance-evaluation'],
  },
  model_feature_importance: {
    help: 'Importance of a feature to the champion, 0 to 1: as its trainer reported, or learned by permutation on outcomes.',
    labels: ['feature', 'version'],
    processes: ['drift-detection'],
  },
  model_actuals_coverage_ratio: {
    help: 'Outcomes / serving predictions over the last 7 days of event time, 0 to 1; absent without predictions.',
    labels: [],
    processes: ['actuals-backfill'],
  },
  data_freshness_timestamp_seconds: {
    help: 'When the newest prediction was issued, and when the newest actual was recorded.',
    labels: ['stream'],
    processes: ['actuals-backfill'],
  },
  model_degraded: {
    help: '1 when the newest degradation check is warning or critical, else 0 (also when it has too little data).',
    labels: [],
    processes: ['degradation-check'],
  },
  model_retrainings_total: {
    help: 'Retrainings started, however they ended.',
    labels: [],
    processes: ['retraining'],
  },
  model_retraining_under_way: {
    help: '1 while a retraining of the model is under way, its verification included.',
    labels: [],
    processes: ['retraining'],
  },
  model_retrainings_promoted_total: {
    help: 'Promotions, by whether they helped; unclear while nobody knows.',
    labels: ['helped'],
    processes: ['retraining'],
  },
  model_retrainings_rolled_back_total: {
    help: 'Promotions that were rolled back.',
    labels: [],
    processes: ['retraining'],
  },
  tidewatch_last_success_timestamp_seconds: {
    help: 'Newest instant the process has spoken for (its asOf), not the wall clock.',
    labels: [],
    processes: everyProcess,
  },
  tidewatch_window_end_timestamp_seconds: {
    help: 'End of the newest window the process has spoken for.',
    labels: [],
    processes: everyProcess,
  },
  tidewatch_database_bytes: {
    help: "Bytes of Tidewatch's database, indexes included.",
    labels: [],
    processes: ['storage-maintenance'],
  },
  tidewatch_partitions_until_timestamp_seconds: {
    help: 'Rows of events before it have a partition to go to; absent if those of now have none.',
    labels: [],
    processes: ['storage-maintenance'],
  },
} as const satisfies Record<string, GaugeDescription>;

export type GaugeName = keyof typeof gaugeCatalog;

/** One number of one gauge, with the labels of the catalog. */
export interface Sample {
  readonly gauge: GaugeName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A gauge as zero or one sample: a number that is not there, or not finite, has no sample. */
export function sampleOf(
  gauge: GaugeName,
  value: number | null | undefined,
  labels: Readonly<Record<string, string>> = {},
): Sample[] {
  return typeof value === 'number' && Number.isFinite(value) ? [{ gauge, labels, value }] : [];
}
