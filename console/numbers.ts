/** Numbers as tables and charts have them. */

import { formatExponent, formatSignificant } from '../core/number-text.ts';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/**
 * Three digits, whole thousands in full; powers of ten where there would be many zeros.
 *
 * @example [0.0123456, 12.345, 12345.6, 1e-9].map(formatNumber) // ['0.0123', '12.3', '12,346', '1e-9']
 */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000 && size < 1e9) return grouped.format(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e9)) return formatExponent(value);
  return formatSignificant(value);
}

/**
 * A number among others that lie so far apart, with the digits that tell them from each other: a mark of an axis.
 *
 * @example [formatApart(273.2, 0.2), formatApart(1e9 + 1, 1), formatApart(20, 5)] // ['273.2', '1,000,000,001', '20']
 */
export function formatApart(value: number, distance: number): string {
  const place = Math.floor(Math.log10(distance));
  const digits = Math.floor(Math.log10(Math.abs(value))) - place + 1;
  // Infinite digits would be of a 0 or of no distance.
  if (digits <= 3 || digits > 15) return formatNumber(value);
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: Math.max(0, -place) }).format(value);
}

/** @example formatCount(17379) // '17,379' */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/**
 * Two numbers with as many digits as it takes to see how they differ, and never more than they have.
 *
 * @example formatPair(1000.123, 1000.456) // ['1,000.12', '1,000.46']
 */
export function formatPair(a: number, b: number): readonly [string, string] {
  const difference = Math.abs(a - b);
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (difference === 0 || size >= 1e15 || size < 1e-4 || difference < size * 1e-12) {
    return [formatNumber(a), formatNumber(b)];
  }
  const decimals = Math.min(15, Math.max(0, 1 - Math.floor(Math.log10(difference))));
  const plain = new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals });
  return [plain.format(a), plain.format(b)];
}
