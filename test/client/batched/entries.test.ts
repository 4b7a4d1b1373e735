import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { entryOf, fromLines, readEntry, toLine } from '../../../client/batched/entries.ts';
import { predictionStream } from '../../../client/store-rows.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const entries = fc.array(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  { maxLength: 6 },
);

describe('lines of the spool', () => {
  it('give back what was written', () => {
    fc.assert(
      fc.property(entries, (written) => {
        expect(fromLines(written.map(toLine).join(''))).toEqual({ entries: written, torn: 0 });
      }),
    );
  });

  it('cut anywhere, give back every whole one and tell of the other', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (written, at) => {
        const content = Buffer.from(written.map(toLine).join(''));
        const cut = content.length === 0 ? 0 : at % content.length;
        const ends = written.map((_, index) =>
          Buffer.byteLength(
            written
              .slice(0, index + 1)
              .map(toLine)
              .join(''),
          ),
        );
        const whole = ends.filter((end) => end <= cut).length;
        const isClean = cut === 0 || ends.includes(cut);
        expect(fromLines(content.subarray(0, cut).toString('utf8'))).toEqual({
          entries: written.slice(0, whole),
          torn: isClean ? 0 : 1,
        });
      }),
    );
  });

  it('are told apart from those that somebody changed, one byte being enough', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (texts, at, bits) => {
          const written = texts.map((value) => JSON.stringify(value));
          const content = Buffer.from(written.map(toLine).join(''));
          const place = at % content.length;
          content[place] = (content[place] ?? 0) ^ bits;
          for (const entry of fromLines(content.toString('latin1')).entries)
            expect(written.map((value) => Buffer.from(value).toString('latin1'))).toContain(entry);
        },
      ),
    );
  });
});

describe('an entry', () => {
  it('reads as the row it was made of', () => {
    const row = {
      version: '1',
      entity: '"\n\u2028é',
      eventTime: 1.3e12,
      features: { a: 1, b: null },
      prediction: 0,
    };
    expect(readEntry(entryOf(predictionStream, 'm', row, 1_000))).toEqual({
      stream: 'predictions',
      model: 'm',
      row,
    });
  });

  it.each(['', '{', '1', 'null', '{"stream":"others","model":"m"}', '{"stream":"actuals"}'])(
    'is none where somebody has written %j',
    (content) => {
      expect(readEntry(content)).toBeUndefined();
    },
  );
});
