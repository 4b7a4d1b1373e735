import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createExpectationChecker } from '../../../core/quality/expectation-checker.ts';
import { expectationsSchema, type ExpectationsInput } from '../../../core/quality/expectations.ts';

function check(expectations: ExpectationsInput, values: Iterable<unknown>) {
  const checker = createExpectationChecker('x', expectationsSchema.parse(expectations));
  for (const value of values) checker.add(value);
  return checker.checks();
}

const said = (expectations: ExpectationsInput, values: Iterable<unknown>) =>
  check(expectations, values).map(({ verdict: { level, reason } }) => `${level}: ${reason}`);

describe('an expectation checker', () => {
  it('counts rows, failures and up to 5 different examples', () => {
    expect(check({ min: 0 }, [1, -1, -1, -2, -3, -4, -5, -6, null, 0])).toEqual([
      {
        check: 'expect-min',
        column: 'x',
        verdict: {
          level: 'critical',
          reason: '7 of 9 values are below 0, for example -1, -2, -3, -4, -5',
        },
        counts: { rows: 9, failed: 7, examples: [-1, -2, -3, -4, -5] },
      },
    ]);
  });

  it.each<[ExpectationsInput, unknown[], string]>([
    [{ min: 0 }, [0, 1], 'ok: all 2 values are at least 0'],
    [{ max: 1 }, [1, 'many', NaN], 'critical: 2 of 3 values are not at most 1, for example "many", "NaN"'],
    [{ notNull: true }, [1, null, undefined], 'critical: 2 of 3 rows have no value'],
    [{ notNull: 0.5 }, [1, null], 'ok: 1 of 2 rows has no value (50% may)'],
    [{ notNull: 0.9 }, [1, null], 'critical: 1 of 2 rows has no value (10% may)'],
    [{ in: ['a', 1] }, ['a', '1', 1, 'b'], 'critical: 1 of 4 values is not one of a, 1, for example "b"'],
    [{ in: [true] }, [true, 'true', null], 'ok: all 2 values are one of true'],
    [{ unique: true }, [1, 2, '1', null, null], 'ok: all 3 values differ'],
    [{ unique: true }, ['a', 'b', 'a', 'a'], 'critical: 2 of 4 values repeat another one, for example "a"'],
    [
      { matches: '^\\d+$' },
      ['12', 12, 'x1'],
      'critical: 1 of 3 values does not match ^\\d+$, for example "x1"',
    ],
    [{ matches: 'a' }, [{ a: 1 }], 'critical: 1 of 1 value does not match a, for example "{\\"a\\":1}"'],
    [{ min: 0, level: 'warning' }, [-1], 'warning: 1 of 1 value is below 0, for example -1'],
    [{ min: 0 }, [null], 'ok: no row has a value'],
    [{ min: 0 }, [], 'insufficient-data: there is no row'],
  ])('%j of %j', (expectations, values, reason) => {
    expect(said(expectations, values)).toEqual([reason]);
  });

  it('gives a check an expectation, each on its own', () => {
    const checks = check({ min: 0, max: 10, notNull: true, in: [1, 2] }, [1, 3, 11]);
    expect(checks.map(({ check, verdict }) => [check, verdict.level])).toEqual([
      ['expect-min', 'ok'],
      ['expect-max', 'critical'],
      ['expect-notNull', 'ok'],
      ['expect-in', 'critical'],
    ]);
  });

  it('takes any value, and gives JSON', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const everything: ExpectationsInput = {
      min: 0,
      max: 1,
      notNull: true,
      in: ['a'],
      unique: true,
      matches: 'a',
    };
    fc.assert(
      fc.property(fc.array(fc.anything({ withBigInt: true, withDate: true })), (values) => {
        const checks = check(everything, [...values, circular, Symbol('s'), 1n, -0, 'x'.repeat(1_000)]);
        expect(JSON.parse(JSON.stringify(checks))).toEqual(checks);
      }),
    );
  });
});

describe('expectationsSchema', () => {
  const problemsOf = (input: unknown): string[] =>
    expectationsSchema.safeParse(input).error?.issues.map(({ message }) => message) ?? [];

  it('fails critically by default', () => {
    expect(expectationsSchema.parse({ min: 0 })).toEqual({ min: 0, level: 'critical' });
  });

  it.each([
    [{}, 'expects nothing; write at least one of min, max, notNull, in, unique, matches'],
    [{ level: 'warning' }, 'expects nothing'],
    [{ min: 2, max: 1 }, 'is below min, 2'],
    [{ matches: '(a)\\1' }, 'refers back to a group'],
    [{ in: [] }, 'Too small'],
    [{ minimum: 0 }, 'Unrecognized key'],
  ])('refuses %j', (input, problem) => {
    expect(problemsOf(input).join('; ')).toContain(problem);
  });
});
