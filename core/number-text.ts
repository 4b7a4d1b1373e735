/** Numbers as sentences have them. */

/** @example formatSignificant(0.123456) // '0.123' */
export function formatSignificant(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}

/**
 * A share of 1 as a percentage. What is not nothing never reads 0%, and what is not all never 100%.
 *
 * @example [0, 0.0001, 0.0123, 0.5, 0.9999].map(formatShare) // ['0%', '<0.1%', '1.2%', '50%', '>99.9%']
 */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  if (share < 1 && share > 0.9995) return '>99.9%';
  const decimals = share < 0.1 || share > 0.99 ? 1 : 0;
  return `${Number((share * 100).toFixed(decimals))}%`;
}

/** No law of a statistic is known so far out in its tail that a smaller p-value would mean anything. */
const leastPValue = 1e-16;

/**
 * A p-value with two digits; one that is too small for a number says so.
 *
 * @example [0.0432, 0.00000012, 0].map(formatPValue) // ['0.043', '1.2e-7', '< 1e-16']
 */
export function formatPValue(pValue: number): string {
  if (pValue < leastPValue) return `< ${leastPValue}`;
  return pValue < 1e-3 ? formatExponent(pValue) : formatSignificant(pValue, 2);
}

/** @example formatExponent(0.00000012) // '1.2e-7' */
export function formatExponent(value: number): string {
  return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
}
