/** Are the whole numbers of a column codes, of which none is more than another, or amounts? */

import { nameOf } from '../ingest/usual-names.ts';

export interface WholeNumbers {
  readonly name: string;
  readonly range: { readonly min: number; readonly max: number };
  /** How often each value is there, by the values from the smallest on; empty where that is not known. */
  readonly counts: readonly number[];
  /** Different values. */
  readonly levels: number;
}

export interface Judged {
  readonly are: 'codes' | 'amounts';
  /** By its name it is sure, by its values it is likely. */
  readonly by: 'name' | 'values';
}

/** Whole words of names that count or measure; where one of them is there, a word of codes beside it says of what. */
const amountWords = new Set(
  `count counts cnt num qty quantity total sum amount age temp temperature wind windspeed speed humidity hum pressure price cost
   fare size length width height weight distance duration minutes hours seconds days weeks months years tenure rooms bedrooms
   bathrooms seats docks capacity visits orders items clicks calls points score percent pct income balance lag last previous prev
   mean avg average median max min delta diff level levels depth children passengers people stock`.split(
    /\s+/,
  ),
);

/** Whole words of names of codes. */
const codeWords = new Set(
  `zip zipcode postcode postal plz code class type category cat kind status state id group cluster segment region store shop station
   product sku zone district flag holiday season channel gender sex line route gate tier plan country bucket bin vendor weather
   weathersit sector department dept branch`.split(/\s+/),
);

/** Words of the calendar, with the values that they can have. */
const calendar: readonly { readonly words: readonly string[]; readonly from: number; readonly to: number }[] =
  [
    { words: ['hour', 'hr', 'hourofday'], from: 0, to: 24 },
    { words: ['weekday', 'wday', 'dow', 'dayofweek', 'day'], from: 0, to: 7 },
    { words: ['day', 'mday', 'dom', 'dayofmonth'], from: 1, to: 31 },
    { words: ['month', 'mnth', 'mon', 'mo'], from: 0, to: 12 },
    { words: ['quarter', 'qtr'], from: 0, to: 4 },
    { words: ['week', 'weekofyear'], from: 0, to: 53 },
    { words: ['year', 'yr'], from: 1900, to: 2100 },
  ];

/** Codes of several digits, such as zip codes, leave out most of what lies between them. */
const leastDigits = 3;
const sparse = 0.2;
/** In a calendar or an enumeration each value is about as frequent as the next one; counts of things are not. */
const even = 4;
/** So few values that rise and fall are a grade, a class or a count: all are watched well as codes. */
const fewLevels = 7;

/**
 * First by the words of the name, then by the values. Numbers that begin at neither 0 nor 1 are amounts unless they are sparse and have as
 * many digits each; those that begin there are codes where all are about as frequent, or where there are at most 7 of them.
 *
 * @example codesOrAmounts({ name: 'temp', range: { min: 58, max: 79 }, counts: [], levels: 22 }).are // 'amounts'
 */
export function codesOrAmounts({ name, range: { min, max }, counts, levels }: WholeNumbers): Judged {
  const { words, plain } = nameOf(name);
  if (levels <= 2) return { are: 'codes', by: 'values' };
  if (min < 0) return { are: 'amounts', by: 'values' };
  if (words.some((word) => amountWords.has(word)) || /^n[ _]|number of/i.test(name))
    return { are: 'amounts', by: 'name' };
  const isDate = calendar.some(
    ({ words: called, from, to }) =>
      min >= from && max <= to && [plain, ...words].some((word) => called.includes(word)),
  );
  if (isDate || words.some((word) => codeWords.has(word))) return { are: 'codes', by: 'name' };
  const span = max - min + 1;
  if (min > 1) {
    const digits = String(min).length;
    const isSparse = digits >= leastDigits && digits === String(max).length && levels < sparse * span;
    return { are: isSparse ? 'codes' : 'amounts', by: 'values' };
  }
  const isDense = levels === span;
  const isEven = counts.length > 0 && Math.max(...counts) <= even * Math.min(...counts);
  return { are: levels <= fewLevels || (isDense && isEven) ? 'codes' : 'amounts', by: 'values' };
}
