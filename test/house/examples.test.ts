import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

import { coreFolder, coreModules, examplesOfCore, runIn, withExample } from './core-examples.ts';

/** What an example gives is written with at least so many digits, or exactly. */
const fewestRounded = 3;

/** The actual value, with the numbers of the expected one where these are it rounded, and arrays for typed ones. */
function roundedLike(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const digits = expected.toExponential().replace(/e.*/, '').replaceAll(/\D/g, '').length;
    const isRounded =
      digits >= fewestRounded && Number(actual.toPrecision(Math.min(digits, 15))) === expected;
    const isEqual = Math.abs(actual - expected) <= 1e-12 * Math.abs(expected);
    return isRounded || isEqual ? expected : actual;
  }
  if (Array.isArray(expected) && (Array.isArray(actual) || ArrayBuffer.isView(actual))) {
    return Array.from(actual as ArrayLike<unknown>, (value, i) => roundedLike(value, expected[i]));
  }
  if (typeof actual === 'object' && actual !== null && typeof expected === 'object' && expected !== null) {
    const wanted = expected as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(actual).map(([name, value]) => [name, roundedLike(value, wanted[name])]),
    );
  }
  return actual;
}

/** As `<file> <name>`; its own folder needs no example. */
function importsFromCore(file: string): readonly string[] {
  const imports = readFileSync(file, 'utf8').matchAll(/^import \{([^}]*)\} from '(\.[^']*)'/gm);
  return [...imports].flatMap(([, names = '', path = '']) => {
    const imported = join(dirname(file), path);
    const from = relative(coreFolder, imported);
    if (from.startsWith('..') || dirname(imported) === dirname(file)) return [];
    return names.split(',').map((name) => `${from} ${name.trim().split(' ')[0]}`);
  });
}

describe('the examples in core', () => {
  it.each(examplesOfCore().map((example) => [`${example.file}: ${example.expression}`, example] as const))(
    '%s',
    (_, { file, setup, expression, expected }) => {
      const wanted = runIn(file, '', expected);
      const actual = roundedLike(runIn(file, setup, expression), wanted);
      if (typeof wanted === 'object' && wanted !== null) expect(actual).toMatchObject(wanted);
      else expect(actual).toBe(wanted);
    },
  );

  it('are there for every function that another folder imports', () => {
    const house = dirname(coreFolder);
    const sources = readdirSync(house, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|dist|test|bench)$/.test(entry.name))
      .flatMap(({ name }) =>
        readdirSync(join(house, name), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts'))
          .map((file) => join(house, name, file)),
      );
    const functions = [...new Set(sources.flatMap(importsFromCore))].filter((imported) => {
      const [file = '', name = ''] = imported.split(' ');
      return typeof coreModules.get(file)?.[name] === 'function';
    });
    expect(functions.length).toBeGreaterThan(100);
    const exemplified = withExample();
    expect(functions.filter((imported) => !exemplified.has(imported)).sort()).toEqual([]);
  });
});
