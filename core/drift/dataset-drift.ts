import type { Computed, Verdict } from '../verdict.ts';
import type { ColumnDrift } from './column-drift.ts';
import { formatShare } from './drift-in-words.ts';

/** More than half of the features, as the field does by default. */
const defaultDriftShare = 0.5;

/** Whether a model's inputs as a whole have drifted. JSON-safe. */
export interface DatasetDrift {
  readonly drifted: 'yes' | 'no' | 'unknown';
  readonly verdict: Verdict;
  /** Drifted features of those that could be judged. */
  readonly driftShare: Computed;
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
 * Counts enabled features only; the prediction, its confidence and the actual are judged on their own. A feature whose
 * drift is unknown counts on neither side. Unknown when no feature could be judged.
 *
 * @example judgeDataset(columns).verdict.reason // '1 of 4 features drifted (25%, limit 50%): hum'
 */
export function judgeDataset(
  columns: readonly ColumnDrift[],
  share: number = defaultDriftShare,
): DatasetDrift {
  const features = columns.filter(({ subject, enabled }) => subject === 'feature' && enabled);
  const names = (wanted: readonly ColumnDrift['drifted'][]): string[] =>
    features.filter(({ drifted }) => wanted.includes(drifted)).map(({ column }) => column);
  const named = {
    threshold: share,
    driftedFeatures: names(['yes']),
    judgedFeatures: names(['yes', 'no']),
    unjudgedFeatures: names(['unknown']),
  };
  const judgedCount = named.judgedFeatures.length;
  if (judgedCount === 0) {
    const reason =
      features.length === 0
        ? 'no feature is enabled'
        : `none of the ${features.length} features could be judged: ${named.unjudgedFeatures.join(', ')}`;
    return {
      ...named,
      drifted: 'unknown',
      verdict: { level: 'insufficient-data', reason },
      driftShare: { notComputable: reason },
    };
  }
  const driftShare = named.driftedFeatures.length / judgedCount;
  const drifted = driftShare > share ? 'yes' : 'no';
  return {
    ...named,
    drifted,
    verdict: { level: drifted === 'yes' ? 'warning' : 'ok', reason: inWords(named, driftShare) },
    driftShare: { value: driftShare },
  };
}

function inWords(
  named: Pick<DatasetDrift, 'driftedFeatures' | 'judgedFeatures' | 'unjudgedFeatures' | 'threshold'>,
  driftShare: number,
): string {
  const { driftedFeatures, judgedFeatures, unjudgedFeatures, threshold } = named;
  const head = `${driftedFeatures.length} of ${judgedFeatures.length} features drifted (${formatShare(driftShare)}, limit ${formatShare(threshold)})`;
  const list = driftedFeatures.length === 0 ? '' : `: ${driftedFeatures.join(', ')}`;
  const rest = unjudgedFeatures.length === 0 ? '' : `; not judged: ${unjudgedFeatures.join(', ')}`;
  return `${head}${list}${rest}`;
}
