import { formatShare } from '../number-text.ts';
import { countText } from '../performance/metrics.ts';
import type { Computed, Verdict } from '../verdict.ts';
import type { ColumnDrift } from './column-drift.ts';

/** More than half of the features, as the field does by default. */
const defaultDriftShare = 0.5;

/** How a dataset is judged. */
export interface DatasetSettings {
  /** Drift is a share of the features above it. */
  readonly share?: number;
  /** What they are called: the columns of a file are not the features of a model. */
  readonly noun?: 'feature' | 'column';
}

/** Whether a model's inputs as a whole have drifted. JSON-safe. */
export interface DatasetDrift {
  readonly drifted: 'yes' | 'no' | 'unknown';
  readonly verdict: Verdict;
  /** Drifted features of those that could be judged; of their importance where that of every one is known. */
  readonly driftShare: Computed;
  readonly sharedBy: 'features' | 'importance';
  /** Drift is a share above it. */
  readonly threshold: number;
  /** In the order given. */
  readonly driftedFeatures: readonly string[];
  readonly judgedFeatures: readonly string[];
  /** Enabled, but their drift is unknown. */
  readonly unjudgedFeatures: readonly string[];
}

/**
 * Have the inputs of a model drifted: did more than a share of its features?
 *
 * Each feature counts with its weight where every judged one has a weight, and as one otherwise. Counts enabled features
 * only; the prediction, its confidence and the actual are judged on their own. A feature whose drift is unknown counts on
 * neither side. Critical when the features that are critical make up that share by themselves. Unknown when no feature could
 * be judged.
 *
 * @example
 * const feature = { subject: 'feature', enabled: true, drifted: 'no', verdict: { level: 'ok' } };
 * const hum = { ...feature, column: 'hum', drifted: 'yes', verdict: { level: 'warning' } };
 * judgeDataset([hum, feature, feature, feature]).verdict.reason // '1 of 4 features drifted (25%, limit 50%): hum'
 */
export function judgeDataset(
  columns: readonly ColumnDrift[],
  { share = defaultDriftShare, noun = 'feature' }: DatasetSettings = {},
): DatasetDrift {
  const features = columns.filter(({ subject, enabled }) => subject === 'feature' && enabled);
  const judged = features.filter(({ drifted }) => drifted !== 'unknown');
  const drifted = judged.filter((feature) => feature.drifted === 'yes');
  const named = {
    threshold: share,
    driftedFeatures: namesOf(drifted),
    judgedFeatures: namesOf(judged),
    unjudgedFeatures: namesOf(features.filter((feature) => feature.drifted === 'unknown')),
  };
  if (judged.length === 0) {
    const reason =
      features.length === 0
        ? `no ${noun} is enabled`
        : `no ${noun} could be judged: ${named.unjudgedFeatures.join(', ')}`;
    return {
      ...named,
      drifted: 'unknown',
      verdict: { level: 'insufficient-data', reason },
      driftShare: { notComputable: reason },
      sharedBy: 'features',
    };
  }
  const isWeighted = judged.every(({ weight }) => weight !== undefined) && weightOf(judged) > 0;
  const shareOf = (some: readonly ColumnDrift[]): number =>
    isWeighted ? weightOf(some) / weightOf(judged) : some.length / judged.length;
  const driftShare = shareOf(drifted);
  const critical = drifted.filter(({ verdict }) => verdict.level === 'critical');
  const sharedBy = isWeighted ? 'importance' : 'features';
  return {
    ...named,
    drifted: driftShare > share ? 'yes' : 'no',
    verdict: {
      level: shareOf(critical) > share ? 'critical' : driftShare > share ? 'warning' : 'ok',
      reason: inWords({ ...named, sharedBy, noun }, driftShare),
    },
    driftShare: { value: driftShare },
    sharedBy,
  };
}

function namesOf(columns: readonly ColumnDrift[]): string[] {
  return columns.map(({ column }) => column);
}

function weightOf(columns: readonly ColumnDrift[]): number {
  return columns.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
}

function inWords(
  named: Pick<
    DatasetDrift,
    'driftedFeatures' | 'judgedFeatures' | 'unjudgedFeatures' | 'threshold' | 'sharedBy'
  > &
    Pick<Required<DatasetSettings>, 'noun'>,
  driftShare: number,
): string {
  const { driftedFeatures, judgedFeatures, unjudgedFeatures, threshold, sharedBy, noun } = named;
  const ofImportance = ` of the importance of ${judgedFeatures.length === 1 ? 'it' : `these ${judgedFeatures.length}`}`;
  const shareInWords = `${formatShare(driftShare)}${sharedBy === 'importance' ? ofImportance : ''}`;
  const head = `${driftedFeatures.length} of ${countText(judgedFeatures.length, noun)} drifted (${shareInWords}, limit ${formatShare(threshold)})`;
  const list = driftedFeatures.length === 0 ? '' : `: ${driftedFeatures.join(', ')}`;
  const rest = unjudgedFeatures.length === 0 ? '' : `; not judged: ${unjudgedFeatures.join(', ')}`;
  return `${head}${list}${rest}`;
}
