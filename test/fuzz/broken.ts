/** What somebody else's program may send in the place of what was agreed. */

import * as fc from 'fast-check';

/** Examples a property; more: `FUZZ_RUNS=10000 npx vitest run test/fuzz`. */
export const runs = Number(process.env['FUZZ_RUNS'] ?? 200);

/** Values that are nowhere expected. */
export const strange: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  "'; drop table predictions; --",
  '<script>alert(1)</script>',
  'x'.repeat(70_000),
  '9'.repeat(400),
  '2024-02-30T00:00:00Z',
  '+294277-01-01T00:00:00Z',
  '1e400',
  'NaN',
  '1d',
  '-7d',
  '99999999999999999d',
  0,
  -0,
  -1,
  0.1,
  2 ** 53,
  -(2 ** 63),
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  [],
  {},
  [[]],
  { length: -1 },
  { toJSON: 1 },
];

const anything = fc.oneof(
  fc.constantFrom(...strange),
  fc.anything({ withNullPrototype: false, maxDepth: 3 }),
);

/** A JSON value that is like another one, but for some of its parts: changed, taken away, added, doubled. */
export function like(example: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({
    /** Which part, counted over all of them. */
    part: fc.nat(200),
    how: fc.constantFrom('replace', 'remove', 'add', 'list', 'rename'),
    value: anything,
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let whole: unknown = structuredClone(example);
    for (const { part, how, value } of changes) {
      const places = placesOf(whole);
      const place = places[part % (places.length + 1)];
      if (place === undefined) whole = how === 'list' ? [whole] : how === 'replace' ? value : whole;
      else changeAt(place, how, value);
    }
    return whole;
  });
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesOf(value: unknown, depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key], depth + 1)]);
}

function changeAt({ holder, key }: Place, how: string, value: unknown): void {
  if (how === 'remove') delete holder[key];
  else if (how === 'list') holder[key] = [holder[key], holder[key]];
  else if (how === 'add') holder[`${key}s`] = value;
  else if (how === 'rename') {
    const kept = holder[key];
    delete holder[key];
    holder[key.toUpperCase()] = kept;
  } else holder[key] = value;
}

/** The same as what JSON makes of it; undefined becomes null. */
export function asJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch {
    // BigInt, and what contains itself.
    return null;
  }
}

/** The text of a JSON value, cut, doubled, or with bytes in it that are none of JSON. */
export function brokenText(example: unknown): fc.Arbitrary<string> {
  const whole = like(example).map((value) => JSON.stringify(asJson(value)));
  const bits = fc.constantFrom(
    '',
    '{',
    '[',
    '"',
    '\\',
    'NaN',
    '\0',
    ',',
    '}}',
    '\ufeff',
    '[['.repeat(5_000),
    '1e999',
  );
  return fc.oneof(
    whole,
    fc.tuple(whole, fc.nat(400), bits).map(([text, at, bit]) => text.slice(0, at) + bit + text.slice(at + 1)),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '',
      ' ',
      'null',
      '[]',
      '{}',
      '<html></html>',
      'true',
      '"running"',
      `[${'1,'.repeat(50_000)}1]`,
    ),
  );
}
