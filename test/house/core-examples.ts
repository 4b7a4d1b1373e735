/** The worked examples in the docs of core/, and of what is as pure in client/, read and run. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';

export const coreFolder = fileURLToPath(new URL('../../core', import.meta.url));

export interface Example {
  /** From core/. */
  readonly file: string;
  readonly setup: string;
  readonly expression: string;
  readonly expected: string;
}

/** From core/, too. */
const inClient = [
  'batched/entries.ts',
  'feedback-rows.ts',
  'image-statistics.ts',
  'prediction-rows.ts',
  'rejected-content.ts',
  'text-statistics.ts',
].map((file) => `../client/${file}`);
const files = [
  ...readdirSync(coreFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort(),
  ...inClient,
];
/** File -> what it exports. */
export const coreModules = new Map<string, Readonly<Record<string, unknown>>>();
for (const file of files) {
  coreModules.set(file, await import(pathToFileURL(join(coreFolder, file)).href));
}
const allExports: Readonly<Record<string, unknown>> = Object.assign({}, ...coreModules.values());

const docComment = /\/\*\*((?:(?!\*\/).)*)\*\//gs;

/** Every `@example`. */
export function examplesOfCore(): readonly Example[] {
  return files.flatMap((file) =>
    [...readFileSync(join(coreFolder, file), 'utf8').matchAll(docComment)]
      .flatMap(([, comment = '']) => comment.replaceAll(/^ *\* ?/gm, '').split(/^ ?@/m))
      .filter((tag) => tag.startsWith('example'))
      .map((tag) => readExample(file, tag.slice('example'.length))),
  );
}

/** Statements and at last an expression; what it gives stands in comments beside and below. */
function readExample(file: string, text: string): Example {
  const code = text.replaceAll(/(?<=^|\s)\/\/ .*$/gm, '').trim();
  const comments = [...text.matchAll(/(?<=^|\s)\/\/ (.*)$/gm)].map(([, comment]) => comment);
  const last = code.lastIndexOf(';\n') + 1;
  return {
    file,
    setup: code.slice(0, last),
    expression: code.slice(last).trim(),
    expected: comments.join('\n'),
  };
}

/** Has an example in its docs, as `<file> <name>`. */
export function withExample(): ReadonlySet<string> {
  const exported = new RegExp(
    `${docComment.source}\\s*export (?:async )?(?:function\\*?|class|const) (\\w+)`,
    'gs',
  );
  return new Set(
    files.flatMap((file) =>
      [...readFileSync(join(coreFolder, file), 'utf8').matchAll(exported)]
        .filter(([, comment = '']) => comment.includes('@example'))
        .map(([, , name]) => `${file} ${name}`),
    ),
  );
}

/** What plain JavaScript gives that knows all exports of core/, of equal names those of its own file. */
export function runIn(file: string, setup: string, expression: string): unknown {
  const scope = { ...allExports, ...coreModules.get(file) };
  return compileFunction(`${setup}\nreturn (${expression});`, Object.keys(scope))(...Object.values(scope));
}
