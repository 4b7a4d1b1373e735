/** The conditions on a feature that slices are made of. */

import { binFeature } from '../../boosting/feature-bins.ts';
import type { SampleColumn } from '../../multivariate/sample.ts';
import { formatSignificant } from '../../number-text.ts';

/** JSON-safe. */
export type SliceCondition =
  | {
      readonly feature: string;
      /** Both ends are values that occur; null where there is no limit on that side. */
      readonly from: number | null;
      readonly to: number | null;
    }
  | { readonly feature: string; readonly level: string }
  | { readonly feature: string; readonly missing: true };

/** A feature as codes, and the runs of codes that make a condition. */
export interface SlicedFeature {
  /** One a row. */
  readonly codes: Uint8Array;
  /** Codes that can occur. */
  readonly bins: number;
  readonly ranges: readonly CodeRange[];
}

interface CodeRange {
  /** First and last code. */
  readonly low: number;
  readonly high: number;
  readonly condition: SliceCondition;
}

/** Numbers are cut by their quantiles into so many parts; every run of parts is a condition. */
const parts = 6;
/** The most frequent levels that are looked at; numbers written as levels are cut like numbers where they have more. */
const mostLevels = 12;

/**
 * Which conditions on a column are looked at?
 *
 * Of numbers: every run of the six parts between their quantiles, but not all of them together. Of levels: each of the 12 most
 * frequent ones; more than 12 that are all written as numbers (hours of the day) count as numbers. And that the value is
 * missing.
 *
 * @example
 * const hr = { name: 'hr', kind: 'categorical', values: Array.from({ length: 240 }, (_, i) => String(i % 24)) };
 * conditionsOn(hr).ranges.map(({ condition }) => inWords(condition)).slice(0, 3)
 * // ['hr at most 3', 'hr at most 7', 'hr at most 11']
 */
export function conditionsOn(column: SampleColumn): SlicedFeature {
  const cut = numbersOf(column);
  const { codes, bins } = binFeature(cut, {
    bins: cut.kind === 'continuous' ? parts + 1 : mostLevels + 2,
  });
  const missing: readonly CodeRange[] = codes.includes(0)
    ? [{ low: 0, high: 0, condition: { feature: column.name, missing: true } }]
    : [];
  const ranges = cut.kind === 'continuous' ? numberRanges(cut, codes, bins) : levelRanges(cut, codes, bins);
  return { codes, bins, ranges: [...ranges, ...missing] };
}

/**
 * A condition in words.
 *
 * @example inWords({ feature: 'hr', from: 17, to: 19 }) // 'hr 17 to 19'
 */
export function inWords(condition: SliceCondition): string {
  const { feature } = condition;
  if ('missing' in condition) return `${feature} missing`;
  if ('level' in condition) return `${feature} = ${condition.level}`;
  const { from, to } = condition;
  if (from === to) return `${feature} = ${numberText(from!)}`;
  if (from === null) return `${feature} at most ${numberText(to!)}`;
  if (to === null) return `${feature} at least ${numberText(from)}`;
  return `${feature} ${numberText(from)} to ${numberText(to)}`;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : formatSignificant(value, 4);
}

function numbersOf(column: SampleColumn): SampleColumn {
  if (column.kind === 'continuous') return column;
  const levels = new Set(column.values);
  levels.delete(null);
  if (levels.size <= mostLevels || ![...levels].every((level) => isNumber(level!))) return column;
  const values = Float64Array.from(column.values, (level) => (level === null ? NaN : Number(level)));
  return { name: column.name, kind: 'continuous', values };
}

function isNumber(level: string): boolean {
  return level.trim() !== '' && Number.isFinite(Number(level));
}

function numberRanges(
  { name, values }: SampleColumn & { kind: 'continuous' },
  codes: Uint8Array,
  bins: number,
): CodeRange[] {
  const least = new Float64Array(bins).fill(Infinity);
  const most = new Float64Array(bins).fill(-Infinity);
  for (const [row, code] of codes.entries()) {
    least[code] = Math.min(least[code]!, values[row]!);
    most[code] = Math.max(most[code]!, values[row]!);
  }
  const ranges: CodeRange[] = [];
  const last = bins - 1;
  for (let low = 1; low <= last; low += 1) {
    for (let high = low; high <= last; high += 1) {
      if (low === 1 && high === last) continue;
      const isOne = least[low] === most[high];
      const condition = {
        feature: name,
        from: low === 1 && !isOne ? null : least[low]!,
        to: high === last && !isOne ? null : most[high]!,
      };
      ranges.push({ low, high, condition });
    }
  }
  return ranges;
}

function levelRanges(
  { name, values }: SampleColumn & { kind: 'categorical' },
  codes: Uint8Array,
  bins: number,
): CodeRange[] {
  // Code 1 is all rare levels together, which nobody can act on.
  return Array.from({ length: Math.max(0, bins - 2) }, (_, i): CodeRange => {
    const code = i + 2;
    return {
      low: code,
      high: code,
      condition: { feature: name, level: values[codes.indexOf(code)]! },
    };
  });
}
