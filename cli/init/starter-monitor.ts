/** A first monitor of a model, to be edited by hand. */

import type { FeatureKind } from '../../core/monitor/schema.ts';
import { countText } from '../../core/performance/metrics.ts';
import { numberText } from '../../core/quality/range.ts';
import { mostListedLevels, type ColumnFacts } from './column-facts.ts';

export interface StarterColumns {
  readonly columns: readonly ColumnFacts[];
  /** In words, for example `bikes.csv (8645 rows)`. */
  readonly source: string;
  /** The column of the actuals, where it is named: it tells the task. */
  readonly actual?: string;
  /** Other columns that are no features. */
  readonly leaveOut?: readonly string[];
}

/** Names that Tidewatch gives to what is logged beside the features. */
const reserved = ['prediction', 'confidence', 'actual'];

/**
 * The text of a starter monitor. Numbers become continuous features, texts and whole numbers of few values categorical ones;
 * dates, keys and columns that cannot be watched are left out, with the reason in a comment. Without a table the
 * features are examples.
 */
export function starterMonitor(model: string, table?: StarterColumns): string {
  const source = table === undefined ? '' : ` from ${table.source}`;
  const actual = table?.columns.find(({ name }) => name === table.actual);
  const classes = actual?.kind === 'categorical' ? (actual.levels ?? []) : undefined;
  const lines = [
    `# The monitor of ${model}, begun by \`tidewatch init\`${source}. See what it would do: tidewatch apply --plan`,
    `model: ${keyText(model)}`,
    ...(classes === undefined
      ? ['task: regression']
      : [
          'task: classification',
          `classes: [${[...classes]
            .sort()
            .map((name) => JSON.stringify(name))
            .join(', ')}]`,
        ]),
    '',
    'features:',
    ...(table === undefined ? exampleFeatures : featureLines(table)),
    '',
    '# What later windows are held against: the 30 days before each. Or { kind: fixed, start: 2024-01-01, end: 2024-02-01 }.',
    'reference: { kind: rolling, length: 30d }',
    '# The length of a window.',
    'current: 7d',
    '',
    '# Limits of the performance over a window, for example:',
    '# performance:',
    '#   limits:',
    `#     ${classes === undefined ? 'rmse: { warning: 65, critical: 80 }' : 'log_loss: { warning: 0.6, critical: 0.7 }'}`,
    '',
    '# Who is told, for example:',
    '# alerts:',
    '#   routes:',
    '#     - { severity: [warning, critical], slack: true, email: [oncall@example.org] }',
  ];
  return `${lines.join('\n')}\n`;
}

const exampleFeatures = [
  '  # The keys of `features` in the predictions that you log.',
  '  temperature: { kind: continuous }',
  '  weather: { kind: categorical }',
];

function featureLines({ columns, actual, leaveOut = [] }: StarterColumns): string[] {
  const watched = columns.filter(({ name }) => name !== actual && !leaveOut.includes(name));
  return watched.map((facts) => {
    const name = keyText(facts.name);
    const kind = featureKind(facts);
    return 'reason' in kind
      ? `  # ${name}: left out; ${kind.reason}`
      : `  ${name}: { kind: ${kind.kind} } # ${kind.seen}`;
  });
}

/** The columns of a table that become features. */
export function featuresOf({ columns, actual, leaveOut = [] }: StarterColumns): readonly string[] {
  return columns
    .filter(
      (facts) => facts.name !== actual && !leaveOut.includes(facts.name) && 'kind' in featureKind(facts),
    )
    .map(({ name }) => name);
}

function featureKind(
  facts: ColumnFacts,
): { readonly kind: FeatureKind; readonly seen: string } | { readonly reason: string } {
  const { name, kind, range, levels, isUnique, isWhole, seen } = facts;
  if (reserved.includes(name)) return { reason: 'it is logged beside the features' };
  if (kind === 'instant') return { reason: 'it is a date or time' };
  if (kind === 'unsupported') return { reason: 'its type cannot be watched' };
  if (seen !== undefined && seen.rows === seen.missing) return { reason: 'no row has a value' };
  if (isUnique === true && (kind === 'categorical' || isWhole)) {
    return { reason: 'every value is different: a key?' };
  }
  const listed =
    levels === undefined ? `more than ${mostListedLevels} levels` : countText(levels.length, 'level');
  const isFew = levels !== undefined && isWhole && (seen?.rows ?? 0) >= 10 * levels.length;
  return kind === 'categorical' || isFew
    ? { kind: 'categorical', seen: listed }
    : {
        kind: 'continuous',
        seen: range === undefined ? '' : `${numberText(range.min)} to ${numberText(range.max)}`,
      };
}

/** A name as a key of YAML: plain where it can only be text. */
function keyText(name: string): string {
  return /^(?!(?:true|false|null)$)[a-z_][\w-]*$/i.test(name) ? name : JSON.stringify(name);
}
