/** Owns `yaml`: parses a file that people write, and says where in its text something stands. */

import { readFile } from 'node:fs/promises';

import {
  Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  Pair,
  parseDocument,
  stringify,
  visit,
  YAMLMap,
} from 'yaml';

import { reasonOf } from '../core/errors.ts';
import type { FileProblem } from './file-problems.ts';
import { textOf } from './file-problems.ts';
import type { Path } from './monitor-problems.ts';
import { beyondLimits, unstorableIn, type BeyondLimits } from './yaml-limits.ts';

/** A parsed file that can say where in its text a path stands. */
export interface YamlSource {
  readonly file: string;
  readonly data: unknown;
  /** Problems of the text itself. */
  readonly problems: readonly FileProblem[];
  /** Has the data nothing to do with what was meant? */
  readonly unreadable: boolean;
  at(path: Path, message: string): FileProblem;
}

/**
 * A configuration as text that people compare: YAML with sorted keys.
 *
 * @example formatConfiguration({ task: 'regression', model: 'bike' }) // 'model: bike\ntask: regression\n'
 */
export function formatConfiguration(configuration: unknown): string {
  return stringify(configuration, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * Objects of Kubernetes as its tools read them: they take YAML 1.1, in which more words and times need quotes.
 *
 * @example formatManifest([{ kind: 'Job' }, { kind: 'yes' }]) // "kind: Job\n---\nkind: \"yes\"\n"
 */
export function formatManifest(objects: readonly object[]): string {
  const options = {
    version: '1.1',
    sortMapEntries: true,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  } as const;
  return objects.map((object) => stringify(object, options)).join('---\n');
}

/** Reads a YAML file. Broken syntax is among its problems; a file that cannot be read throws what Node.js throws. */
export async function readYaml(file: string): Promise<YamlSource> {
  return parseYaml(file, await readFile(file, 'utf8'));
}

/** JSON is YAML too, so training statistics are read by the same function. */
function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const beyond = beyondLimits(text);
  if (beyond !== undefined) return tooMuch(file, text, beyond);
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // The parser compares each key with each other one: a hundred thousand take it minutes.
    uniqueKeys: false,
  });
  const problemAt = (offset: number, words: string): FileProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col), text: words };
  };
  // Of broken syntax only the first error means something; the others follow from it.
  const [broken] = [...document.errors, ...document.warnings];
  const unclosed = document.errors.some(({ message }) => message.startsWith('Flow '))
    ? unclosedIn(document, text)
    : undefined;
  const problems = repeatedKeys(document).map((offset) =>
    problemAt(offset, `${keyAt(text, offset)} is written twice; remove one`),
  );
  if (unclosed !== undefined) {
    const { offset, open, close } = unclosed;
    problems.push(problemAt(offset, `this ${open} is never closed; write ${close} where it ends`));
  } else if (broken !== undefined) {
    problems.push(problemAt(broken.pos[0], syntaxWords[broken.code] ?? syntaxMessage(broken.message)));
  }
  let data: unknown;
  let unreadable = broken !== undefined;
  if (!unreadable) {
    try {
      // A few lines of nested aliases can stand for more values than there is memory.
      data = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push(problemAt(0, reasonOf(error)));
      unreadable = true;
    }
  }
  for (const path of unstorableIn(data)) {
    const words = 'holds a NUL character or half of a surrogate pair, which cannot be stored; take it out';
    problems.push(problemAt(offsetOf(document, path), `${textOf(path)}: ${words}`));
  }
  return {
    file,
    data,
    problems,
    unreadable,
    at: (path, message) =>
      problemAt(offsetOf(document, path), (path.length > 0 ? `${textOf(path)}: ` : '') + message),
  };
}

/** A text that is not parsed. */
function tooMuch(file: string, text: string, { offset, words }: BeyondLimits): YamlSource {
  const above = text.slice(0, offset).split('\n');
  const problem = { file, line: above.length, column: above.at(-1)!.length + 1, text: words };
  return {
    file,
    data: undefined,
    problems: [problem],
    unreadable: true,
    at: (_, text) => ({ ...problem, text }),
  };
}

const syntaxWords: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
  MULTIPLE_DOCS: 'a second document starts here; keep one a file',
  NON_STRING_KEY: 'a key must be text',
  BAD_SCALAR_START: 'this value starts with a reserved character; put it in quotes',
};

function keyAt(text: string, offset: number): string {
  return /^[^:\n]*/.exec(text.slice(offset))?.[0] ?? '';
}

function syntaxMessage(message: string): string {
  return message.includes('alias') ? `${message}; put a value that starts with "*" in quotes` : message;
}

/** The innermost bracket without its end: the parser only says where it gave up, which may be far below. */
function unclosedIn(
  document: Document.Parsed,
  text: string,
): { readonly offset: number; readonly open: '{' | '['; readonly close: '}' | ']' } | undefined {
  const starts: number[] = [];
  visit(document, {
    Collection: (_, { flow, range }) => {
      if (flow !== true || !range) return;
      const [start, end] = range;
      if (text[end - 1] !== (text[start] === '{' ? '}' : ']')) starts.push(start);
    },
  });
  const offset = starts.at(-1);
  if (offset === undefined) return undefined;
  return text[offset] === '{' ? { offset, open: '{', close: '}' } : { offset, open: '[', close: ']' };
}

/** Where keys stand that the same mapping has above. */
function repeatedKeys(document: Document): number[] {
  const found: number[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const known = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (known.has(key.value)) found.push(startOf(key) ?? 0);
        known.add(key.value);
      }
    },
  });
  return found;
}

/** The entries of mappings by their keys: a file with as many problems as keys is told in one pass. */
const entriesOf = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function entryOf(map: YAMLMap, key: string): Pair | undefined {
  let entries = entriesOf.get(map);
  if (entries === undefined) {
    // The first of those that are written twice.
    const known = map.items.toReversed();
    entries = new Map(known.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])));
    entriesOf.set(map, entries);
  }
  return entries.get(key);
}

/** Where the deepest part of a path stands that the file has: a key, or an item of a list. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = entryOf(node, String(step));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** An entry of a mapping, with a line of comment above it. */
export interface CommentedEntry {
  readonly key: string;
  readonly value: unknown;
  readonly comment: string;
}

/**
 * A mapping under one key as text, with comments: above it all, and above each entry, which takes one line.
 *
 * @example formatCommented(['Seen in a.csv'], 'expectations', [{ key: 'hum', value: { min: 0 }, comment: '0 to 1' }])
 * // '# Seen in a.csv\n\nexpectations:\n  # 0 to 1\n  hum: { min: 0 }\n'
 */
export function formatCommented(
  head: readonly string[],
  key: string,
  entries: readonly CommentedEntry[],
): string {
  const document = new Document({});
  const mapping = new YAMLMap();
  for (const entry of entries) {
    const name = document.createNode(entry.key);
    name.commentBefore = ` ${oneLine(entry.comment)}`;
    mapping.add(new Pair(name, document.createNode(entry.value, { flow: true })));
  }
  document.set(key, mapping);
  document.commentBefore = head.map((line) => ` ${oneLine(line)}`).join('\n');
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A name of a column may hold line ends, which would end the comment. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
