import { describe, expect, it } from 'vitest';

import { dateOrderOf, isoOfWritten } from '../../../cli/ingest/date-order.ts';
import { decimalMarkOf, writtenNumber } from '../../../cli/ingest/number-format.ts';
import { classReader, instantReader, numberReader, timeFormatOf } from '../../../cli/ingest/value-readers.ts';

describe('numbers as people write them', () => {
  it.each([
    ['1,234', '.', 1234],
    ['1,234,567.5', '.', 1234567.5],
    ['-$1,234.50', '.', -1234.5],
    ["1'234.5", '.', 1234.5],
    ['1 234,5', ',', 1234.5],
    ['1.234,5 €', ',', 1234.5],
    ['45%', '.', 0.45],
    ['12,5 %', ',', 0.125],
    ['7 %', '.', 0.07],
    ['1,23', '.', undefined],
    ['12,34,567', '.', undefined],
    ['0.5.1', '.', undefined],
    ['1.2e3', '.', undefined],
    ['five', '.', undefined],
    ['', '.', undefined],
    ['%', '.', undefined],
  ] as const)('%s with %s', (text, mark, number) => {
    expect(writtenNumber(text, mark)).toBe(number);
  });

  it('have the decimal mark that all of them can have', () => {
    expect(decimalMarkOf(['0,5', '1.234,5'], '.')).toBe(',');
    expect(decimalMarkOf(['1,234', '1,234.5'], ',')).toBe('.');
    expect(decimalMarkOf(['1,234', '12'], '.')).toBe('.');
    expect(decimalMarkOf(['1,234', '12'], ',')).toBe(',');
    expect(decimalMarkOf([], ',')).toBe(',');
    // One slip among numbers of three decimals makes them no thousands.
    expect(decimalMarkOf(['1.234', '5.678', '0,5'], '.')).toBe('.');
    expect(decimalMarkOf([1.5, null, 'x'], '.')).toBe('.');
  });

  it('are read beside plain ones', () => {
    const [point, comma] = [numberReader('.'), numberReader(',')];
    expect(['1e3', ' 2', '1,000', 'NA', 'x', 3].map(point)).toEqual([1000, 2, 1000, null, 'x', 3]);
    expect(['0,5', '1.234', '1.234,5', '1.5'].map(comma)).toEqual([0.5, 1234, 1234.5, 1.5]);
  });
});

describe('dates as people write them', () => {
  it('tell their order where one can be read in one way only', () => {
    expect(dateOrderOf(['1/2/2026', '13/2/2026'])).toBe('day-first');
    expect(dateOrderOf(['1/2/2026', '1/13/2026'])).toBe('month-first');
    expect(dateOrderOf(['1/2/2026'])).toBe('unclear');
    expect(dateOrderOf(['13/2/2026', '1/13/2026'])).toBe('mixed');
    expect(dateOrderOf(['1.2.2026'])).toBe('day-first');
    expect(dateOrderOf(['2026-01-02', 'x', 5])).toBeUndefined();
  });

  it.each([
    ['31/12/2026', 'day-first', '2026-12-31T00:00:00'],
    ['12/31/26 5:07 PM', 'month-first', '2026-12-31T17:07:00'],
    ['12/31/2026 12:30 am', 'month-first', '2026-12-31T00:30:00'],
    ['12/31/2026, 12:30:15 PM', 'month-first', '2026-12-31T12:30:15'],
    ['31.12.2026 07:05', 'day-first', '2026-12-31T07:05:00'],
    ['2026/1/5 7:05', undefined, '2026-01-05T07:05'],
    ['31/12/2026', undefined, undefined],
    ['31/12-2026', 'day-first', undefined],
  ] as const)('%s %s', (text, order, iso) => {
    expect(isoOfWritten(text, order)).toBe(iso);
  });

  it('are instants in a zone; a day that does not exist stays as it is', () => {
    const read = instantReader({
      ...timeFormatOf(['31/12/2026'], undefined),
      timeZone: 'Europe/Berlin',
      isLocal: false,
    });
    expect(read('31/12/2026 10:00')).toBe(Date.parse('2026-12-31T09:00:00Z'));
    expect(read('12/31/2026')).toBe('12/31/2026');
    expect(timeFormatOf(['1767225600'], undefined).unit).toBe(1000);
    expect(timeFormatOf([1767225600000], undefined).unit).toBe(1);
    expect(timeFormatOf([1767225600000000], undefined).unit).toBe(0.001);
    expect(timeFormatOf([1767225600000000000], undefined).unit).toBe(0.000001);
  });
});

describe('classes in another spelling', () => {
  it('are the class that is meant, where it can be only one', () => {
    const read = (classes: readonly string[], value: unknown): unknown => classReader(classes)(value);
    expect(read(['0', '1'], '1.0')).toBe('1');
    expect(read(['0', '1'], true)).toBe('1');
    expect(read(['no', 'yes'], '0')).toBe('no');
    expect(read(['False', 'True'], 'true')).toBe('True');
    expect(read(['no', 'yes'], 'maybe')).toBe('maybe');
    expect(read(['a', 'A'], 'a')).toBe('a');
    expect(read(['aa', 'AA'], 'Aa')).toBe('Aa');
    expect(read(['no', 'yes', 'maybe'], '1')).toBe('1');
    expect(read(['no', 'yes'], 'NA')).toBeUndefined();
  });
});
