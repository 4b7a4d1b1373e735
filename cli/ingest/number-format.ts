/** How the numbers of a column are written: decimal commas, thousands separators, percent and currency signs. */

export type DecimalMark = '.' | ',';

const spaces = '\\u0020\\u00A0\\u2009\\u202F';
const patternOf = (decimal: DecimalMark): RegExp => {
  const [mark, group] = decimal === '.' ? ['\\.', `[,'’${spaces}]`] : [',', `[.'’${spaces}]`];
  const digits = `(?:\\d{1,3}(?:${group}\\d{3})+|\\d+)(?:${mark}\\d*)?`;
  return new RegExp(`^([+-]?)[$€£¥]?[${spaces}]?(${digits})[${spaces}]?(%|[€£¥])?$`);
};
const patterns: Readonly<Record<DecimalMark, RegExp>> = { '.': patternOf('.'), ',': patternOf(',') };

/**
 * The number that people write like this; per cent as a share.
 *
 * @example [writtenNumber('1,234.5', '.'), writtenNumber('1.234,5 €', ','), writtenNumber('45 %', '.'), writtenNumber('1,2', '.')]
 * // [1234.5, 1234.5, 0.45, undefined]
 */
export function writtenNumber(text: string, decimal: DecimalMark): number | undefined {
  const [, sign, digits, unit] = patterns[decimal].exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const plain = digits.replaceAll(decimal === '.' ? /[^\d.]/g : /[^\d,]/g, '').replace(',', '.');
  const number = (sign === '-' ? -1 : 1) * Number(plain);
  // Through 12 digits, which drops what dividing by 100 adds.
  return unit === '%' ? Number((number / 100).toPrecision(12)) : number;
}

/**
 * The decimal mark of a column: a comma where some value can only be read so, and none with a point.
 *
 * @param values texts of the column
 * @param otherwise of a column that does not tell, for example by the other columns of its file
 * @example [decimalMarkOf(['0,5', '1,25'], '.'), decimalMarkOf(['1,234', '12,500'], '.')] // [',', '.']
 */
export function decimalMarkOf(values: readonly unknown[], otherwise: DecimalMark): DecimalMark {
  const texts = values.filter((value) => typeof value === 'string');
  const needs = (mark: DecimalMark): boolean => {
    const other = mark === '.' ? ',' : '.';
    return texts.some(
      (text) => writtenNumber(text, mark) !== undefined && writtenNumber(text, other) === undefined,
    );
  };
  const [point, comma] = [needs('.'), needs(',')];
  if (point === comma) return otherwise;
  const found = comma ? ',' : '.';
  const hasBoth = texts.some((text) => text.includes('.') && text.includes(','));
  // Where others hold the mark that was expected, one value of the other kind is likelier a slip than 1.234 a thousand.
  const isSlip =
    found !== otherwise &&
    !hasBoth &&
    texts.some((text) => /^[^.,]*[.,]\d{3}$/.test(text) && text.includes(otherwise));
  return isSlip ? otherwise : found;
}
