import { describe, expect, it } from 'vitest';

import { decisionFor, namedColumns, requestOf, type CompareOptions } from '../../cli/compare/request.ts';
import { noOptions } from './comparing.ts';

const request = (options: Partial<CompareOptions> = {}) =>
  requestOf({ ...noOptions, reference: 'a.csv', current: 'b.csv', ...options });
const problemOf = (options: Partial<CompareOptions>): string => {
  try {
    request(options);
    return 'it was accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the options of tidewatch compare', () => {
  it('take methods and thresholds for all columns or for one', () => {
    const wishes = request({ method: ['ks', 'hum=psi', 'a=b=wasserstein'], threshold: ['0.3', 'hum=0.2'] });
    expect(decisionFor('hum', 'continuous', wishes)).toEqual({
      decidingMethod: 'population-stability-index',
      threshold: 0.2,
    });
    expect(decisionFor('a=b', 'continuous', wishes)).toEqual({
      decidingMethod: 'wasserstein',
      threshold: 0.3,
    });
    expect(decisionFor('other', 'continuous', wishes)).toEqual({
      decidingMethod: 'kolmogorov-smirnov',
      threshold: 0.3,
    });
    expect(decisionFor('weather', 'categorical', wishes)).toEqual({ threshold: 0.3 });
    expect(decisionFor('weather', 'categorical', request())).toEqual({});
  });

  it('name the columns that have to exist', () => {
    const options = { columns: ['a', 'b'], categorical: ['a'], method: ['ks', 'c=ks'], threshold: ['d=1'] };
    expect(namedColumns(request(options))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('need a reference', () => {
    expect(() => requestOf({ ...noOptions, current: 'b.csv' })).toThrow(
      '--reference: give the file of the reference, or its stored profile by --profile.',
    );
  });

  it('take --json for --format json', () => {
    expect(request({ json: true, format: 'json' }).format).toBe('json');
    expect(request().format).toBe('table');
    expect(request({ json: true }).format).toBe('json');
  });

  it.each<[string, Partial<CompareOptions>]>([
    [
      '--method, --statistics: there is no method "kolmogorov-smirnof"; the nearest is "kolmogorov-smirnov".',
      { method: ['kolmogorov-smirnof'] },
    ],
    ['--threshold: "much" is not a number above 0.', { threshold: ['hum=much'] }],
    ['--threshold: "" is not a number above 0.', { threshold: ['hum='] }],
    ['--threshold: "-1" is not a number above 0.', { threshold: ['-1'] }],
    ['--alpha: "5" is not a number between 0 and 1.', { alpha: '5' }],
    [
      '--categorical: "hum" is named by --continuous too; leave one of them out.',
      { categorical: ['hum'], continuous: ['hum'] },
    ],
    [
      '--compat: it chooses methods and limits itself; leave out --method, --threshold, --statistics and --alpha.',
      { compat: 'evidently', threshold: ['0.1'] },
    ],
    [
      '--compat: it chooses methods and limits itself; leave out --method, --threshold, --statistics and --alpha.',
      { compat: 'evidently', alpha: '0.05' },
    ],
    ['--json: it stands for --format json, not html; leave one of them out.', { json: true, format: 'html' }],
    [
      '--positive-class: it says whose --probability <column> is; add that, or leave it out.',
      { preset: 'classification', actual: 'a', prediction: 'p', positiveClass: 'late' },
    ],
    ['--current: standard input can be only one of both tables.', { reference: '-', current: '-' }],
    [
      '--positive-class: it belongs to --preset actuals-drift, regression or classification.',
      { positiveClass: 'late' },
    ],
    [
      '--preset: regression needs the column of the actuals: add --actual <column>.',
      { preset: 'regression', prediction: 'p' },
    ],
    [
      '--preset: classification needs the column of the predictions: add --prediction <column>.',
      { preset: 'classification', actual: 'a' },
    ],
    ['--interval: it belongs to --preset regression.', { interval: ['low', 'high'] }],
    [
      '--interval: name two columns, that of the lower bound first: <low,high>.',
      { preset: 'regression', actual: 'a', prediction: 'p', interval: ['low'] },
    ],
    [
      '--interval-levels: it says of which --interval <low,high>; add that, or leave it out.',
      { intervalLevels: '0.1,0.9' },
    ],
    [
      '--interval-levels: "0.9,0.1" is not two numbers between 0 and 1, the lower one first.',
      {
        preset: 'regression',
        actual: 'a',
        prediction: 'p',
        interval: ['low', 'high'],
        intervalLevels: '0.9,0.1',
      },
    ],
    ['--reference: give it or --profile, not both.', { profile: 'a.profile' }],
  ])('are refused: %s', (message, options) => {
    expect(problemOf(options)).toBe(message);
  });

  it('of a stored profile do not ask for what only rows can tell', () => {
    const problem = (options: Partial<CompareOptions>): string => {
      try {
        requestOf({ ...noOptions, profile: 'a.profile', current: 'b.csv', ...options });
        return 'it was accepted';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(problem({})).toBe('it was accepted');
    expect(problem({ compat: 'evidently' })).toBe(
      '--profile: it holds no rows; --compat and --preset need --reference.',
    );
    expect(problem({ categorical: ['hum'] })).toBe(
      '--profile: it knows the kinds of its columns; leave out --categorical and --continuous.',
    );
  });

  it('refuse a method that is not for the kind of a named column', () => {
    expect(() => decisionFor('weather', 'categorical', request({ method: ['weather=ks'] }))).toThrow(
      /^--method: kolmogorov-smirnov is not for the categorical column "weather"; write one of /,
    );
  });
});
