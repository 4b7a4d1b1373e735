/** Which column of a table is what, by the names of its columns, where these leave no doubt. */

import { fields, type Field } from './fields.ts';
import { isEnd, nameOf, stemOf, usualNames } from './usual-names.ts';

/** A field that several columns are alike likely to be. */
export interface Unclear {
  readonly field: Field;
  readonly columns: readonly string[];
  /** Their names are good enough that one of them would have been chosen for certain. */
  readonly isLikely: boolean;
}

/** A column that was not chosen, though its name says that it is a prediction or an actual. */
export interface LookAlike {
  readonly column: string;
  readonly field: 'prediction' | 'actual';
  /** It is hardly anything else. */
  readonly isLikely: boolean;
}

export interface ChosenColumns {
  /** Field -> column: those that were given, and those that were found. */
  readonly found: ReadonlyMap<Field, string>;
  readonly unclear: readonly Unclear[];
  readonly lookAlikes: readonly LookAlike[];
}

export interface ChoiceRequest {
  /** Those that may still be anything, in their order. */
  readonly columns: readonly string[];
  /** Field -> column, as options say. */
  readonly given: ReadonlyMap<Field, string>;
  /** Fields that need no column. */
  readonly set?: ReadonlySet<Field>;
  /** Are its values times? Undefined where it has none. */
  readonly isTime: (column: string) => boolean | undefined;
  /** Are its values `serving` and `shadow`? Undefined where it has none. */
  readonly isRole: (column: string) => boolean | undefined;
}

/** Names of the first ranks are hardly anything else. */
const likelyRanks = 3;

/** In this order: an event time is a time before it is when something was predicted. */
const order = [
  'event_time',
  ...fields.filter((field) => field !== 'event_time' && field !== 'prediction' && field !== 'actual'),
  'prediction',
  'actual',
] as const satisfies readonly Field[];

/**
 * Chooses the column of each field: the one whose name means it most surely. Where several are alike sure, none is chosen, unless one of
 * them pairs with its other half: `predicted_minutes` is the prediction of the actual `minutes`.
 *
 * @example
 * chooseColumns({ columns: ['Predicted Minutes', 'y_pred'], given: new Map(), isTime: () => false, isRole: () => false }).unclear
 * // [{ field: 'prediction', columns: ['Predicted Minutes', 'y_pred'], isLikely: true }]
 */
export function chooseColumns({ columns, given, set, isTime, isRole }: ChoiceRequest): ChosenColumns {
  const found = new Map(given);
  const unclear: Unclear[] = [];
  const isFree = (column: string): boolean => ![...found.values()].includes(column);
  const can = (field: Field, column: string): boolean => {
    if (timeFields.includes(field)) return isTime(column) !== false;
    if (field === 'role') return isRole(column) !== false;
    return field === 'version' || field === 'entity' || isTime(column) !== true;
  };
  for (const field of order) {
    if (found.has(field) || set?.has(field)) continue;
    const free = columns.filter(isFree);
    const candidates = free.filter((column) => can(field, column));
    const { best, rank } = bestNamed(field, candidates, free);
    const isWeak = rank === undefined || rank >= 2;
    const partner = pairedWith(field, found, field === 'actual' && isWeak ? candidates : best);
    const only = field === 'event_time' && best.length === 0 ? onlyTimes(candidates, isTime) : [];
    if (partner !== undefined) found.set(field, partner);
    else if (only.length === 1) found.set(field, only[0]!);
    else if (only.length > 1) unclear.push({ field, columns: only, isLikely: true });
    else if (best.length === 1) found.set(field, best[0]!);
    else if (best.length > 1) unclear.push({ field, columns: best, isLikely: rank! < likelyRanks });
  }
  settleByPair(found, unclear, columns.filter(isFree));
  const lookAlikes = columns.filter(isFree).flatMap((column): LookAlike[] => {
    for (const field of ['prediction', 'actual'] as const) {
      const rank = can(field, column) ? rankOf(field, column) : -1;
      if (rank !== -1) return [{ column, field, isLikely: rank < likelyRanks }];
    }
    return [];
  });
  return { found, unclear, lookAlikes };
}

/** The best candidates; without any, a time that is called so though its values are none: each row will say what is wrong with them. */
function bestNamed(
  field: Field,
  candidates: readonly string[],
  free: readonly string[],
): ReturnType<typeof bestOf> {
  const found = bestOf(field, candidates);
  if (found.rank !== undefined || !timeFields.includes(field)) return found;
  const named = bestOf(field, free);
  return named.rank === 0 ? named : found;
}

/** The columns of times, where none is called as usual; those at which something ends only where there are no others. */
function onlyTimes(columns: readonly string[], isTime: ChoiceRequest['isTime']): readonly string[] {
  const times = columns.filter((column) => isTime(column) === true);
  const starts = times.filter((column) => !isEnd(column));
  return starts.length === 0 ? times : starts;
}

const timeFields: readonly Field[] = ['event_time', 'issued_at', 'recorded_at'];

function rankOf(field: Field, column: string): number {
  const name = nameOf(column);
  return usualNames[field].findIndex((means) => means(name));
}

function bestOf(
  field: Field,
  columns: readonly string[],
): { readonly best: readonly string[]; readonly rank: number | undefined } {
  const ranked = columns.map((column) => ({ column, rank: rankOf(field, column) }));
  const ranks = ranked.flatMap(({ rank }) => (rank === -1 ? [] : [rank]));
  const rank = ranks.length === 0 ? undefined : Math.min(...ranks);
  return { best: ranked.filter((of) => of.rank === rank).map(({ column }) => column), rank };
}

/** The only candidate with the same stem as the other half of the pair. */
function pairedWith(
  field: Field,
  found: ReadonlyMap<Field, string>,
  candidates: readonly string[],
): string | undefined {
  const other =
    field === 'actual' ? found.get('prediction') : field === 'prediction' ? found.get('actual') : undefined;
  const stem = other === undefined ? '' : stemOf(other);
  if (stem === '') return undefined;
  const alike = candidates.filter((column) => stemOf(column) === stem);
  return alike.length === 1 ? alike[0] : undefined;
}

/** Of several predictions the one is meant whose actual is there: `predicted_price` beside `price`. */
function settleByPair(found: Map<Field, string>, unclear: Unclear[], free: readonly string[]): void {
  const index = unclear.findIndex(({ field }) => field === 'prediction');
  if (index === -1) return;
  const candidates = unclear[index]!.columns;
  const partner = pairedWith('prediction', found, candidates);
  const pairs = candidates.flatMap((column) => {
    const actual = free.find((other) => nameOf(other).plain === stemOf(column));
    return actual === undefined ? [] : [{ column, actual }];
  });
  const [pair] = pairs;
  const isPair = partner === undefined && !found.has('actual') && pairs.length === 1 && pair !== undefined;
  if (isPair) found.set('actual', pair.actual);
  const prediction = partner ?? (isPair ? pair.column : undefined);
  if (prediction === undefined) return;
  found.set('prediction', prediction);
  unclear.splice(index, 1);
}
