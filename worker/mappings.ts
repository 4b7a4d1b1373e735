/** The mappings of a source map: numbers in base64, each the difference to the one before (https://tc39.es/ecma426/). */

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Of the six bits of a digit the highest says that another one follows. */
const more = 32;

/**
 * The same without what leads to one of the sources: there the map says nothing.
 *
 * @param source its index
 * @example withoutSource('AAAA;ACAA;ADAA', 1) // 'AAAA;;AAAA'
 */
export function withoutSource(mappings: string, source: number): string {
  const read = [0, 0, 0, 0, 0];
  const written = [0, 0, 0, 0, 0];
  const lines = mappings.split(';').map((line) => {
    // Columns begin anew in each line.
    read[0] = 0;
    written[0] = 0;
    const segments = line === '' ? [] : line.split(',');
    return segments
      .map((segment) => decode(segment).map((difference, field) => (read[field] = read[field]! + difference)))
      .filter(([, of]) => of !== source)
      .map((fields) =>
        fields
          .map((value, field) => {
            const difference = value - written[field]!;
            written[field] = value;
            return encode(difference);
          })
          .join(''),
      )
      .join(',');
  });
  return lines.join(';');
}

function decode(segment: string): number[] {
  const numbers: number[] = [];
  let bits = 0;
  let shift = 0;
  for (const digit of segment) {
    const value = digits.indexOf(digit);
    bits += (value % more) * 2 ** shift;
    shift += 5;
    if (value >= more) continue;
    numbers.push(bits % 2 === 0 ? bits / 2 : -(bits - 1) / 2);
    bits = 0;
    shift = 0;
  }
  return numbers;
}

function encode(number: number): string {
  let bits = number < 0 ? -2 * number + 1 : 2 * number;
  let text = '';
  do {
    const rest = Math.floor(bits / more);
    text += digits[(bits % more) + (rest > 0 ? more : 0)];
    bits = rest;
  } while (bits > 0);
  return text;
}
