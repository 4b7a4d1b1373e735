/** How a row of features becomes the few non-zero columns of a linear model. */

/** One row as it comes back from Postgres: features of any kind (possibly missing), and what happened. */
export interface TrainingRow {
  readonly features: Readonly<Record<string, unknown>>;
  readonly actual: number | string;
}

/** What a model is asked about: the actual is not known yet. */
export type ScoringRow = Pick<TrainingRow, 'features'>;

/**
 * A group of columns: one per combination of levels of `by` (none: a single column), holding 1, or the standardised value of
 * `slope` where it is given.
 */
export interface Term {
  readonly by: readonly string[];
  readonly slope?: string;
}

/** Where a continuous feature lay in the training rows. */
interface Scale {
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

/** What the training rows taught about the features: which levels exist, and on which scale the numbers are. Plain data. */
export interface Design {
  readonly terms: readonly Term[];
  readonly scales: Readonly<Record<string, Scale>>;
  /** column of each level, for each term; column 0 is the intercept */
  readonly columns: readonly Readonly<Record<string, number>>[];
  readonly width: number;
}

/** The non-zero columns of one row. */
export interface EncodedRow {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The level that a row has in a term, or undefined where a feature of it is missing. */
function levelOf(term: Term, features: ScoringRow['features']): string | undefined {
  const levels = term.by.map((name) => features[name]);
  return levels.includes(null) || levels.includes(undefined) ? undefined : levels.join('|');
}

function scaleOf(name: string, rows: readonly ScoringRow[]): Scale {
  const values = rows.map((row) => numberOf(row.features[name])).filter((value) => value !== undefined);
  if (values.length === 0) return { mean: 0, deviation: 1, low: 0, high: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    mean,
    deviation: variance > 0 ? Math.sqrt(variance) : 1,
    low: values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY),
    high: values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY),
  };
}

/** Which columns do these training rows need? Levels are sorted, so that the order of the rows does not matter. */
export function learnDesign(terms: readonly Term[], rows: readonly ScoringRow[]): Design {
  const slopes = [...new Set(terms.flatMap((term) => term.slope ?? []))];
  let width = 1;
  const columns = terms.map((term) => {
    const levels = new Set(
      rows.map((row) => levelOf(term, row.features)).filter((level) => level !== undefined),
    );
    return Object.fromEntries([...levels].sort().map((level) => [level, width++]));
  });
  return {
    terms,
    scales: Object.fromEntries(slopes.map((name) => [name, scaleOf(name, rows)])),
    columns,
    width,
  };
}

/**
 * Which columns of the model does a row touch, and with what values?
 *
 * A number is held within the range of the training rows, because a straight line must not be followed to where nobody has
 * been. A missing number counts as the mean, a missing or new level as none.
 */
export function encode(design: Design, features: ScoringRow['features']): EncodedRow {
  const columns = [0];
  const values = [1];
  design.terms.forEach((term, index) => {
    const level = levelOf(term, features);
    const column = level === undefined ? undefined : design.columns[index]?.[level];
    if (column === undefined) return;
    const value =
      term.slope === undefined ? 1 : standardised(design.scales[term.slope], features[term.slope]);
    columns.push(column);
    values.push(value);
  });
  return { columns, values };
}

function standardised(scale: Scale | undefined, value: unknown): number {
  const given = numberOf(value);
  if (scale === undefined || given === undefined) return 0;
  return (Math.min(scale.high, Math.max(scale.low, given)) - scale.mean) / scale.deviation;
}

/** The weighted sum of a row's columns. */
export function score(row: EncodedRow, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < row.columns.length; i++)
    sum += (weights[row.columns[i] ?? 0] ?? 0) * (row.values[i] ?? 0);
  return sum;
}
