/** Is a model all right? One answer from all that is known of it, the same in every list, page and command. */

import type { Level, Verdict } from '../verdict.ts';

/** What is known of a model now. */
export interface KnownOfModel {
  /** Of the newest degradation check; null: there is none yet. */
  readonly check: Verdict | null;
  /** The newest comparison with the reference over the current window; null: there is none yet. */
  readonly drift: {
    /** Of the inputs as a whole. */
    readonly dataset: Verdict;
    /** Enabled columns that have drifted by themselves, by how badly. */
    readonly columns: { readonly critical: readonly string[]; readonly warning: readonly string[] };
    /** Of the data of the window; null where it was not looked at. */
    readonly quality: Verdict | null;
  } | null;
  /** Open alerts that nobody has acknowledged or snoozed, by severity. */
  readonly untaken: { readonly critical: number; readonly warning: number };
}

/** The worst of what a person must look at, and what that is. */
export interface Headline {
  readonly level: Level;
  /** The worst first; where nothing has to be looked at, what the degradation check says. Never empty. */
  readonly reasons: readonly string[];
}

/** From worst to best; what could not be judged may hide anything. */
const ranks: Readonly<Record<Level, number>> = { critical: 0, warning: 1, 'insufficient-data': 2, ok: 3 };

/** More names are in the list of columns. */
const named = 4;

/**
 * Is a model all right, and if not, why not? The worst of its degradation check, of the drift of its inputs as a whole and of each column,
 * of the quality of its data, and of alerts that nobody has taken (which are named where nothing else is as bad). Only the degradation check says that it could not be judged: of the
 * others a warning or worse counts, so that a model without, say, a reference is not in doubt for ever.
 *
 * @example
 * const ok = { level: 'ok', reason: 'RMSE over 7 days 61 is not above 70' };
 * const columns = { critical: ['usage'], warning: [] };
 * const drift = { dataset: { level: 'ok', reason: '1 of 9 features drifted' }, columns, quality: null };
 * headlineOf({ check: ok, drift, untaken: { critical: 0, warning: 0 } })
 * // { level: 'critical', reasons: ['1 column critical: usage (dataset ok)'] }
 */
export function headlineOf({ check, drift, untaken }: KnownOfModel): Headline {
  const judged = check ?? { level: 'insufficient-data', reason: 'there is no degradation check yet' };
  const found = [judged, ...(drift === null ? [] : driftVerdicts(drift))].filter(({ level }) =>
    isLoud(level),
  );
  // Most alerts are about what is said already.
  const rest = alertVerdicts(untaken).filter(({ level }) => !found.some((other) => other.level === level));
  const loud = [...found, ...rest];
  const shown = (loud.length > 0 ? loud : [judged]).toSorted((a, b) => ranks[a.level] - ranks[b.level]);
  return { level: shown[0]!.level, reasons: shown.map(({ reason }) => reason) };
}

/**
 * The level of a headline, from levels alone: a list of a thousand models is ordered by it, and reads the reasons only of those it shows.
 *
 * @param check of the newest degradation check; null: there is none yet
 * @param others of the dataset, its columns, its quality and of alerts that nobody has taken; null where there is none
 * @example headlineLevel('ok', ['ok', null, 'warning', null]) // 'warning'
 */
export function headlineLevel(check: Level | null, others: readonly (Level | null)[]): Level {
  const judged = check ?? 'insufficient-data';
  for (const level of ['critical', 'warning'] as const)
    if (judged === level || others.includes(level)) return level;
  return judged;
}

function isLoud(level: Level): boolean {
  return level === 'warning' || level === 'critical';
}

function driftVerdicts({ dataset, columns, quality }: NonNullable<KnownOfModel['drift']>): Verdict[] {
  return [
    { level: dataset.level, reason: `dataset ${dataset.level}: ${dataset.reason}` },
    ...(['critical', 'warning'] as const).flatMap((level) => {
      const words = columnsText(columns[level], level);
      return words === '' ? [] : { level, reason: `${words} (dataset ${dataset.level})` };
    }),
    ...(quality === null
      ? []
      : [{ level: quality.level, reason: `data quality ${quality.level}: ${quality.reason}` }]),
  ];
}

function alertVerdicts(untaken: KnownOfModel['untaken']): Verdict[] {
  return (['critical', 'warning'] as const).flatMap((level) => {
    const count = untaken[level];
    return count === 0
      ? []
      : { level, reason: `${count} ${level} ${count === 1 ? 'alert' : 'alerts'} that nobody has taken` };
  });
}

/**
 * Which columns have drifted by themselves? Nothing where none has.
 *
 * @example columnsText(['a', 'b', 'c', 'd', 'e'], 'warning') // '5 columns warning: a, b, c, d and 1 more'
 */
export function columnsText(columns: readonly string[], level: 'critical' | 'warning'): string {
  if (columns.length === 0) return '';
  const more = columns.length > named ? ` and ${columns.length - named} more` : '';
  const noun = columns.length === 1 ? 'column' : 'columns';
  return `${columns.length} ${noun} ${level}: ${columns.slice(0, named).join(', ')}${more}`;
}

/**
 * How the inputs stand: as a whole, and single columns that have drifted by themselves.
 *
 * @example driftText({ dataset: 'ok', columns: { critical: ['usage'], warning: [] } }) // 'dataset ok; 1 column critical: usage'
 */
export function driftText({
  dataset,
  columns,
}: {
  readonly dataset: Level;
  readonly columns: { readonly critical: readonly string[]; readonly warning: readonly string[] };
}): string {
  const words = (['critical', 'warning'] as const).map((level) => columnsText(columns[level], level));
  return [`dataset ${dataset}`, ...words].filter((text) => text !== '').join('; ');
}
