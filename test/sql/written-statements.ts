/** The statements that are written in the sources of the product, whether something sends them here or not. */

import { readdir, readFile } from 'node:fs/promises';

export interface WrittenStatement {
  readonly file: string;
  /** On one line, with `true` for whatever is put in when it runs. */
  readonly text: string;
  /** What is between that. */
  readonly pieces: readonly string[];
}

const root = new URL('../../', import.meta.url);
const folders = ['activities', 'cli', 'client', 'console', 'schedules', 'sql', 'worker'];
const comments = /\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const verbs = String.raw`(?:select|insert into|update|delete from|with|copy)\s`;
const literals = new RegExp(`\`(\\s*${verbs}[^\`]*)\`|'(${verbs}[^'\\n]*)'`, 'g');
const interpolation = /\$\{[^}]*\}?/;

export async function writtenStatements(): Promise<readonly WrittenStatement[]> {
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(new URL(folder, root), { recursive: true });
      return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
    }),
  );
  const found = await Promise.all(
    files.flat().map(async (file) => statementsIn(file, await readFile(new URL(file, root), 'utf8'))),
  );
  return found.flat();
}

export const onOneLine = (text: string): string =>
  text
    .replace(/\s+--.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

function statementsIn(file: string, source: string): readonly WrittenStatement[] {
  return [...source.replaceAll(comments, '').matchAll(literals)].map(([, template, string]) => {
    const pieces = (template ?? string!).replaceAll('\\\\', '\\').split(interpolation);
    return { file, text: onOneLine(pieces.join('true')), pieces: pieces.map(onOneLine) };
  });
}

const lengthOf = ({ pieces }: WrittenStatement): number => pieces.join('').length;

/** What a statement on one line may be made of, the most text first. */
export function writtenIn(sent: string, written: readonly WrittenStatement[]): readonly WrittenStatement[] {
  return written
    .filter((one) => lengthOf(one) > 12 && hasInOrder(sent, one.pieces))
    .toSorted((one, other) => lengthOf(other) - lengthOf(one));
}

function hasInOrder(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  return pieces.every((piece) => {
    const at = text.indexOf(piece, from);
    from = at + piece.length;
    return at >= 0;
  });
}
