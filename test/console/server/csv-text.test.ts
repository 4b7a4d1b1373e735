import { describe, expect, it } from 'vitest';

import { csvText } from '../../../console/server/csv-text.ts';

describe('a table as CSV', () => {
  it('has quotes where a cell needs them, and nothing where there is nothing', () => {
    expect(
      csvText(
        ['a', 'b'],
        [
          ['x, "y"', 1.5],
          ['line\nbreak', null],
        ],
      ),
    ).toBe('a,b\r\n"x, ""y""",1.5\r\n"line\nbreak",\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('is no formula to a spreadsheet: %j', (text) => {
    expect(csvText([], [[text]])).toContain(`'${text}`);
  });

  it('leaves numbers below 0 as they are', () => {
    expect(csvText([], [[-1.5]])).toBe('\r\n-1.5\r\n');
  });
});
