import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';

/**
 * Every `@example` in core/ holds, and every function that another folder imports from there has one. It is plain JavaScript, statements and at last an expression, which may use whatever
 * core/ exports; the comment after it is what it gives, an expression too: of objects the properties that it names, of
 * numbers with three digits or more so many digits.
 */
const core = fileURLToPath(new URL('../../core', import.meta.url));

interface Example {
  readonly file: string;
  readonly setup: string;
  readonly expression: string;
  readonly expected: string;
}

const files = readdirSync(core, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();
const modules = new Map<string, Record<string, unknown>>();
for (const file of files) {
  modules.set(file, (await import(pathToFileURL(join(core, file)).href)) as Record<string, unknown>);
}
const allExports = Object.assign({}, ...modules.values()) as Record<string, unknown>;

function examplesOf(file: string): readonly Example[] {
  const text = readFileSync(join(core, file), 'utf8');
  const comments = [...text.matchAll(/\/\*\*.*?\*\//gs)].map(([comment]) =>
    comment.slice(3, -2).replaceAll(/^ *\* ?/gm, ''),
  );
  return comments
    .flatMap((comment) => comment.split(/^ ?@/m).slice(1))
    .filter((tag) => tag.startsWith('example'))
    .map((tag) => readExample(file, tag.slice('example'.length)));
}

function readExample(file: string, text: string): Example {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => {
      const comment = line.search(/(?<=^|\s)\/\/ /);
      return comment < 0 ? [line, ''] : [line.slice(0, comment), line.slice(comment + '// '.length)];
    });
  const [code, expected] = [0, 1].map((part) =>
    lines
      .map((line) => line[part]!.trim())
      .join('\n')
      .trim(),
  );
  const last = code!.lastIndexOf(';\n') + 1;
  return {
    file,
    setup: code!.slice(0, last),
    expression: code!.slice(last).trim().replace(/;$/, ''),
    expected: expected!,
  };
}

function run(file: string, setup: string, expression: string): unknown {
  const scope = { ...allExports, ...modules.get(file) };
  return compileFunction(`${setup}\nreturn (${expression});`, Object.keys(scope))(...Object.values(scope));
}

const fewestRounded = 3;

/** The actual value with the numbers of the expected one where they agree, and arrays for arrays of any type. */
function roundedLike(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const digits = expected.toExponential().replace(/e.*/, '').replaceAll(/\D/g, '').length;
    const isRounded =
      digits >= fewestRounded && Number(actual.toPrecision(Math.min(digits, 15))) === expected;
    const isExact = Math.abs(actual - expected) <= 1e-12 * Math.abs(expected);
    return isRounded || isExact ? expected : actual;
  }
  if (Array.isArray(expected) && (Array.isArray(actual) || ArrayBuffer.isView(actual))) {
    return Array.from(actual as ArrayLike<unknown>, (value, i) => roundedLike(value, expected[i]));
  }
  if (typeof actual === 'object' && actual !== null && typeof expected === 'object' && expected !== null) {
    const entries = Object.entries(actual) as [string, unknown][];
    return Object.fromEntries(
      entries.map(([name, value]) => [name, roundedLike(value, (expected as Record<string, unknown>)[name])]),
    );
  }
  return actual;
}

/** Folder and name of what a file imports from core/, its own folder left out. */
function importsFromCore(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^import \{([^}]*)\} from '(\.[^']*)'/gm)].flatMap(([, names = '', path = '']) => {
    const from = relative(core, join(dirname(file), path));
    if (from.startsWith('..') || dirname(join(core, from)) === dirname(file)) return [];
    return names.split(',').map((name) => `${from} ${name.trim().split(' ')[0]}`);
  });
}

/** With a doc comment that has an example, `<file> <name>`. */
function exemplified(file: string): readonly string[] {
  const text = readFileSync(join(core, file), 'utf8');
  return [
    ...text.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*export (?:async )?(?:function|class|const) (\w+)/gs),
  ].flatMap(([, comment = '', name = '']) => (comment.includes('@example') ? [`${file} ${name}`] : []));
}

const examples = files.flatMap(examplesOf);

describe('the examples in core', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThan(150);
  });

  it('are there for every function that another folder imports', () => {
    const house = fileURLToPath(new URL('../..', import.meta.url));
    const sources = [
      'activities',
      'cli',
      'client',
      'console',
      'core',
      'schedules',
      'sql',
      'worker',
      'workflows',
    ]
      .flatMap((folder) =>
        readdirSync(join(house, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
          join(folder, file),
        ),
      )
      .filter((file) => file.endsWith('.ts'));
    const imported = new Set(sources.flatMap((file) => importsFromCore(join(house, file))));
    const functions = [...imported].filter((entry) => {
      const [file = '', name = ''] = entry.split(' ');
      return typeof modules.get(file)?.[name] === 'function';
    });
    expect(functions.length).toBeGreaterThan(100);
    const withOne = new Set(files.flatMap(exemplified));
    expect(functions.filter((entry) => !withOne.has(entry)).sort()).toEqual([]);
  });

  it.each(examples.map((example) => [`${example.file}: ${example.expression}`, example] as const))(
    '%s',
    (_, { file, setup, expression, expected }) => {
      const [actual, wanted] = [run(file, setup, expression), run(file, '', expected)];
      const rounded = roundedLike(actual, wanted);
      if (typeof wanted === 'object' && wanted !== null) expect(rounded).toMatchObject(wanted);
      else expect(rounded).toBe(wanted);
    },
  );
});
