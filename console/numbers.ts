/** Numbers as people read them. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/**
 * Three digits, whole thousands in full; powers of ten where there would be many zeros.
 *
 * @example [0.0123456, 12.345, 12345.6, 1e-9].map(formatNumber) // ['0.0123', '12.3', '12,346', '1e-9']
 */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000 && size < 1e9) return grouped.format(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e9)) return shortExponent(value, 2);
  return String(Number(value.toPrecision(3)));
}

/** @example formatCount(17379) // '17,379' */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/**
 * A share of 1 as a percentage. What is not nothing never reads 0%, and what is not all never 100%.
 *
 * @example [0, 0.0001, 0.0123, 0.5, 0.9999].map(formatPercent) // ['0%', '<0.1%', '1.2%', '50%', '>99.9%']
 */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  if (share < 1 && share > 0.9995) return '>99.9%';
  const decimals = share < 0.1 || share > 0.99 ? 1 : 0;
  return `${Number((share * 100).toFixed(decimals))}%`;
}

/**
 * Two digits; one that is too small for a number says so.
 *
 * @example [0.0432, 0.00000012, 0].map(formatPValue) // ['0.043', '1.2e-7', '< 1e-300']
 */
export function formatPValue(pValue: number): string {
  if (pValue === 0) return '< 1e-300';
  return pValue < 1e-3 ? shortExponent(pValue, 2) : String(Number(pValue.toPrecision(2)));
}

/**
 * Two numbers with as many digits as it takes to see how they differ, and never more than they have.
 *
 * @example formatPair(1000.123, 1000.456) // ['1,000.12', '1,000.46']
 */
export function formatPair(a: number, b: number): readonly [string, string] {
  const difference = Math.abs(a - b);
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (difference === 0 || size >= 1e9 || size < 1e-4 || difference < size * 1e-9) {
    return [formatNumber(a), formatNumber(b)];
  }
  const decimals = Math.min(15, Math.max(0, 1 - Math.floor(Math.log10(difference))));
  const plain = new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals });
  return [plain.format(a), plain.format(b)];
}

function shortExponent(value: number, digits: number): string {
  return value
    .toExponential(digits - 1)
    .replace(/\.0+e/, 'e')
    .replace('e+', 'e');
}
