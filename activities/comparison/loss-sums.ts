/** Sums up what is compared, by side and block of time, inside the database: rows never leave it. */

import { blockLengthOf, blockMs } from '../../core/comparison/blocks.ts';
import type { ComparedSide, ScoreCount } from '../../core/comparison/compare-aucs.ts';
import type { LossSums, SummedMetric } from '../../core/comparison/compare-losses.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ComparedRowsQuery, ComparedWindow } from './compared-rows.ts';

export interface ComparedSums {
  readonly sums: readonly LossSums[];
  /** Compared rows of either side. */
  readonly rows: Readonly<Record<ComparedSide, number>>;
  /** Classification on the same rows: those on which only this side is right. */
  readonly onlyRight: Readonly<Record<ComparedSide, number>>;
}

type SumRow = { readonly side: ComparedSide; readonly block: number; readonly rows: number } & Record<
  string,
  number
>;

/** Losses and actuals of both sides. Cost: a million outcomes of two versions take some seconds. */
export async function readLossSums(
  connection: Queryable,
  of: ComparedWindow,
  compared: ComparedRowsQuery,
): Promise<ComparedSums> {
  const { isRegression, positiveClass, classCount } = kindOf(of);
  const { values, bind } = parametersAfter(compared.values);
  const ofActual = isRegression ? '' : chanceOfActual(of, bind);
  const columns = isRegression
    ? `${sumOf('abs(prediction - actual)')} as absolute, ${sumOf('(prediction - actual) ^ 2')} as squared,
       ${sumOf('actual')} as actuals,
       count(*) filter (where ${hasRatio}) as ratio_rows,
       coalesce(${sumOf('abs(prediction - actual) / abs(actual)')} filter (where ${hasRatio}), 0) as ratios`
    : `count(*) filter (where predicted_class = actual_class) as right_rows,
       count(*) filter (where predicted_class = actual_class and other_class <> actual_class) as only_right,
       count(*) filter (where actual_class = ${bind(positiveClass)}) as positives,
       count(*) filter (where scored) as scored_rows,
       coalesce(${sumOf(`-ln(least(greatest(${ofActual}, ${epsilon}), 1 - ${epsilon}))`)} filter (where scored), 0) as log_loss,
       coalesce(${sumOf(brierOf(ofActual, classCount))} filter (where scored), 0) as brier`;
  const rows = await connection.query<SumRow>(
    `with ${compared.expressions}
     select side, ${blockOf(of, bind)} as block, count(*) as rows, ${columns}
     from compared
     group by 1, 2
     order by 2, 1`,
    values,
  );
  const total = (column: string) => (side: ComparedSide) =>
    rows.reduce((sum, row) => sum + (row.side === side ? (row[column] ?? 0) : 0), 0);
  const bySide = (of: (side: ComparedSide) => number) => ({ subject: of('subject'), against: of('against') });
  return {
    sums: rows.map((row) => ({
      side: row.side,
      block: row.block,
      sums: isRegression ? regressionSums(row) : classificationSums(row),
    })),
    rows: bySide(total('rows')),
    onlyRight: bySide(total('only_right')),
  };
}

/** Rows of both sides by cell of the score of the positive class, for ROC AUC; cells are 1/64 wide on the scale of log odds. */
export async function readScoreCounts(
  connection: Queryable,
  of: ComparedWindow,
  compared: ComparedRowsQuery,
): Promise<ScoreCount[]> {
  const { positiveClass, classes } = kindOf(of);
  const { values, bind } = parametersAfter(compared.values);
  const score = `least(greatest(chances[${bind(classes.indexOf(positiveClass) + 1)}::int], 1e-12), 1 - 1e-12)`;
  return connection.query<ScoreCount & Record<string, unknown>>(
    `with ${compared.expressions}
     select side, ${blockOf(of, bind)} as block, actual_class = ${bind(positiveClass)} as positive,
       round(64 * ln(${score} / (1 - ${score}))) as cell, count(*) as rows
     from compared
     where scored
     group by 1, 2, 3, 4
     order by 1, 2, 3, 4`,
    values,
  );
}

/** In the order of its terms: a floating point sum depends on it, and the plan of the database promises none. */
function sumOf(term: string): string {
  return `sum(${term} order by ${term})`;
}

const epsilon = '2.220446049250313e-16';
/** A smaller actual would overflow the ratio of an error to it. */
const hasRatio = 'abs(actual) > 1e-145';

function kindOf({ monitor }: ComparedWindow): {
  isRegression: boolean;
  classes: readonly string[];
  classCount: number;
  positiveClass: string;
} {
  const classes = monitor.classes ?? [];
  const positiveClass = monitor.positiveClass ?? classes.at(-1) ?? '';
  return { isRegression: monitor.task === 'regression', classes, classCount: classes.length, positiveClass };
}

function parametersAfter(before: readonly unknown[]): {
  values: unknown[];
  bind: (value: unknown) => string;
} {
  const values = [...before];
  return { values, bind: (value) => `$${values.push(value)}` };
}

function blockOf({ window }: ComparedWindow, bind: (value: unknown) => string): string {
  const length = `${blockMs(blockLengthOf(window)) / 1000} seconds`;
  return `date_bin(${bind(length)}::interval, event_time, ${bind(toTimestamp(window.start))}::timestamptz)`;
}

function chanceOfActual({ monitor }: ComparedWindow, bind: (value: unknown) => string): string {
  return `chances[array_position(${bind(monitor.classes ?? [])}::text[], actual_class)]`;
}

/** Of two classes one counts, of more all: the squared distance from 1 for the actual class and 0 for the others. */
function brierOf(ofActual: string, classCount: number): string {
  if (classCount === 2) return `(1 - ${ofActual}) ^ 2`;
  const squares = Array.from({ length: classCount }, (_, i) => `chances[${i + 1}] ^ 2`).join(' + ');
  return `${squares} + 1 - 2 * ${ofActual}`;
}

type Sums = Partial<Record<SummedMetric, { readonly rows: number; readonly sum: number }>>;

function regressionSums(row: SumRow): Sums {
  const { rows, absolute = 0, squared = 0, actuals = 0, ratio_rows: ratioRows = 0, ratios = 0 } = row;
  return {
    mae: { rows, sum: absolute },
    rmse: { rows, sum: squared },
    mape: { rows: ratioRows, sum: ratios },
    mean_actual: { rows, sum: actuals },
  };
}

function classificationSums(row: SumRow): Sums {
  const {
    rows,
    right_rows: right = 0,
    positives = 0,
    scored_rows: scored = 0,
    log_loss: logLoss = 0,
    brier = 0,
  } = row;
  return {
    accuracy: { rows, sum: right },
    log_loss: { rows: scored, sum: logLoss },
    brier: { rows: scored, sum: brier },
    conversion: { rows, sum: positives },
  };
}
