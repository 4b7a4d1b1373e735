/** A first monitor of a model, to be edited by hand. */

import { formatDay } from '../../core/window.ts';
import type { ColumnFacts } from './column-facts.ts';
import { featureKind, type KindOrReason } from './feature-kind.ts';
import { keyText } from './key-text.ts';
import { limitsOf, referenceWindow, type TableHistory } from './table-history.ts';

export interface StarterColumns {
  readonly columns: readonly ColumnFacts[];
  /** In words, for example `bikes.csv (8645 rows)`. */
  readonly source: string;
  /** The column of the actuals, where it is named: it tells the task. */
  readonly actual?: string;
  /** That of the predictions: it tells the task where no column is the actual. */
  readonly prediction?: string;
  /** Columns that are no features -> why. */
  readonly leaveOut?: ReadonlyMap<string, string>;
  /** Features that may be something else -> what. */
  readonly lookAt?: ReadonlyMap<string, string>;
  readonly history?: TableHistory;
  /** Where the rows are, if they stay there. */
  readonly section?: readonly string[];
}

/**
 * The text of a starter monitor. Numbers become continuous features, texts and whole numbers of few values categorical ones;
 * dates, keys and columns that cannot be watched are left out, with the reason in a comment. Without a table the
 * features are examples.
 */
export function starterMonitor(model: string, table?: StarterColumns): string {
  const source = table === undefined ? '' : ` from ${table.source}`;
  const classes = classesOf(table);
  const { days, score } = table?.history ?? {};
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
            .join(
              ', ',
            )}]${table?.actual === undefined ? ' # those that were predicted: add what only actuals may be' : ''}`,
          ...(classes.length === 2
            ? [
                `positiveClass: ${JSON.stringify(positiveOf(classes))} # of the two, the one that ROC AUC and a single probability are about`,
              ]
            : []),
        ]),
    '',
    ...(table?.section === undefined ? [] : [...table.section, '']),
    'features:',
    ...(table === undefined ? exampleFeatures : featureLines(table)),
    '',
    ...(days === undefined
      ? [
          '# What later windows are held against: the 30 days before each. Or { kind: fixed, start: 2024-01-01, end: 2024-02-01 }.',
          'reference: { kind: rolling, length: 30d }',
        ]
      : [
          `# What later windows are held against: the first days of the table, which has rows from ${formatDay(days.first)} to ${formatDay(days.last)}.`,
          '# Better: days in which the model was all right. Or the 30 days before each window: { kind: rolling, length: 30d }.',
          `reference: ${referenceText(days)}`,
        ]),
    '# The length of a window.',
    'current: 7d',
    '',
    score === undefined
      ? '# Limits of the performance over a window, for example:'
      : `# Limits of the performance over a window. In the ${days === undefined ? 'table' : 'days of the reference'}: ${score.metric} ${Number(score.value.toPrecision(4))}; these are a tenth and a quarter worse:`,
    '# performance:',
    '#   limits:',
    `#     ${score === undefined ? exampleLimits(classes) : limitsOf(score)}`,
    '',
    '# Who is told, for example:',
    '# alerts:',
    '#   routes:',
    '#     - { severity: [warning, critical], slack: true, email: [oncall@example.org] }',
  ];
  return `${lines.join('\n')}\n`;
}

function referenceText(days: NonNullable<TableHistory['days']>): string {
  const { start, end } = referenceWindow(days);
  return `{ kind: fixed, start: ${formatDay(start)}, end: ${formatDay(end)} }`;
}

function exampleLimits(classes: readonly string[] | undefined): string {
  return classes === undefined
    ? 'rmse: { warning: 65, critical: 80 }'
    : 'accuracy: { warning: 0.9, critical: 0.85 }';
}

/**
 * The classes of a classification: texts, or two whole numbers. Undefined for a regression. Without a column of actuals the predictions
 * tell them, if these are texts: two numbers may be of a regression as well.
 */
export function classesOf(table: StarterColumns | undefined): readonly string[] | undefined {
  const actual = table?.columns.find(({ name }) => name === table.actual);
  if (actual === undefined) return predictedClasses(table);
  const { kind, isWhole, levels = [] } = actual;
  return kind === 'categorical' || (isWhole && levels.length === 2) ? levels : undefined;
}

function predictedClasses(table: StarterColumns | undefined): readonly string[] | undefined {
  const { kind, levels = [] } = table?.columns.find(({ name }) => name === table.prediction) ?? {};
  return kind === 'categorical' && levels.length > 1 ? levels : undefined;
}

/** Of two classes the one that a model is usually about: the later one, as yes after no and 1 after 0. */
export function positiveOf(classes: readonly string[]): string {
  return [...classes].sort().at(-1) ?? '';
}

const exampleFeatures = [
  '  # The keys of `features` in the predictions that you log.',
  '  temperature: { kind: continuous }',
  '  weather: { kind: categorical }',
];

function featureLines(table: StarterColumns): string[] {
  const kinds = kindsOf(table);
  const lines = kinds.map(({ name: column, kind }) => {
    const name = keyText(column);
    if ('reason' in kind) return `  # ${name}: left out; ${kind.reason}`;
    const look = table.lookAt?.get(column);
    const said = [
      kind.seen,
      ...(kind.doubt === undefined ? [] : [kind.doubt]),
      ...(look === undefined ? [] : [look]),
    ];
    return `  ${name}: { kind: ${kind.kind} } # ${said.join('; ')}`;
  });
  // A monitor watches at least one: whoever edits the file finds where to write it.
  return kinds.some(({ kind }) => 'kind' in kind) ? lines : [...lines, ...exampleFeatures];
}

/** What becomes of each column. */
export function kindsOf(
  table: StarterColumns,
): readonly { readonly name: string; readonly kind: KindOrReason }[] {
  return table.columns.map((facts) => ({ name: facts.name, kind: kindIn(table, facts) }));
}

function kindIn({ actual, leaveOut }: StarterColumns, facts: ColumnFacts): KindOrReason {
  const reason = leaveOut?.get(facts.name) ?? (facts.name === actual ? 'it is the actual' : undefined);
  return reason === undefined ? featureKind(facts) : { reason };
}
