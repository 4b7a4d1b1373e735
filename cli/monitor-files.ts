/** Owns `yaml`: reads `monitors/*.yaml` and says every problem of every file at once, with its line and column. */

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Document, Pair } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, stringify } from 'yaml';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import type { Monitor } from '../core/monitor/schema.ts';
import type { FileProblem } from './file-problems.ts';
import { invalidMonitors, textOf } from './file-problems.ts';
import type { Path } from './monitor-problems.ts';
import { checkMonitor } from './monitor-problems.ts';
import { isRecord } from './monitor-words.ts';
import {
  featuresWithoutStatistics,
  onlyMonitored,
  sourceProblems,
  statisticsFileOf,
  withStatistics,
} from './training-statistics.ts';

export interface MonitorFile {
  /** The path as it was asked for, for example `monitors/bike.yaml`. */
  readonly file: string;
  readonly monitor: Monitor;
}

/** A parsed file that can say where in its text a path stands. */
interface Source {
  readonly file: string;
  readonly data: unknown;
  /** Problems of the text itself. */
  readonly problems: readonly FileProblem[];
  /** Has the data nothing to do with what was meant? */
  readonly unreadable: boolean;
  at(path: Path, message: string): FileProblem;
}

/**
 * Reads every monitor of a directory. Training statistics of a `file:` stand in the result itself.
 *
 * @returns the monitors by file name; none when the directory holds no `.yaml` or `.yml` file
 * @throws TidewatchError `INVALID_MONITOR` that lists the problems of all files, by file and line
 */
export async function readMonitorFiles(directory: string): Promise<readonly MonitorFile[]> {
  const sources = await Promise.all((await listFiles(directory)).map(readSource));
  const checked = await Promise.all(sources.map(checkSource));
  const problems = [...checked.flatMap(({ problems }) => problems), ...repeatedModels(sources)];
  if (problems.length > 0) throw invalidMonitors(problems);
  return checked.flatMap(({ file, monitor }) => (monitor === undefined ? [] : [{ file, monitor }]));
}

/**
 * A configuration as text that people compare: YAML with sorted keys.
 *
 * @example formatConfiguration({ task: 'regression', model: 'bike' }) // 'model: bike\ntask: regression\n'
 */
export function formatConfiguration(configuration: unknown): string {
  return stringify(configuration, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

async function listFiles(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    const problems = `${directory}: cannot be read (${reasonOf(error)}); name the directory with --monitors`;
    throw new TidewatchError('INVALID_MONITOR', { count: 1, problems });
  }
}

async function readSource(file: string): Promise<Source> {
  return parseSource(file, await readFile(file, 'utf8'));
}

/** JSON is YAML too, so training statistics are read by the same function. */
function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const problemAt = (offset: number, words: string): FileProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col), text: words };
  };
  const errors = [...document.errors, ...document.warnings];
  const repeated = errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  // Of broken syntax only the first error means something; the others follow from it.
  const [broken] = errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const problems = repeated.map(({ pos }) =>
    problemAt(pos[0], `${keyAt(text, pos[0])} is written twice; remove one`),
  );
  if (broken !== undefined) {
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
  return {
    file,
    data,
    problems,
    unreadable,
    at: (path, message) =>
      problemAt(offsetOf(document, path), (path.length > 0 ? `${textOf(path)}: ` : '') + message),
  };
}

const syntaxWords: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
  MULTIPLE_DOCS: 'a second document starts here; write one monitor a file',
  NON_STRING_KEY: 'a key must be text',
  BAD_SCALAR_START: 'this value starts with a reserved character; put it in quotes',
};

function keyAt(text: string, offset: number): string {
  return /^[^:\n]*/.exec(text.slice(offset))?.[0] ?? '';
}

function syntaxMessage(message: string): string {
  return message.includes('alias') ? `${message}; put a value that starts with "*" in quotes` : message;
}

/** Where the deepest part of a path stands that the file has: a key, or an item of a list. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(step),
      );
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

interface CheckedSource {
  readonly file: string;
  readonly monitor: Monitor | undefined;
  readonly problems: readonly FileProblem[];
}

async function checkSource(source: Source): Promise<CheckedSource> {
  const { file, data } = source;
  if (source.unreadable) return { file, monitor: undefined, problems: source.problems };
  if (data === null || data === undefined) {
    return {
      file,
      monitor: undefined,
      problems: [source.at([], 'is empty; write a monitor, or delete the file')],
    };
  }
  const problems = [
    ...source.problems,
    ...sourceProblems(data).map(({ path, message }) => source.at(path, message)),
  ];
  const statisticsFile = statisticsFileOf(data);
  const statistics =
    statisticsFile === undefined ? undefined : await readStatistics(source, statisticsFile, problems);
  // Whatever cannot be read is a problem already; the rest of the monitor is checked all the same.
  const whole = statisticsFile === undefined ? data : withStatistics(data, statistics?.data ?? {});
  const checked = checkMonitor(whole);
  for (const { path, message } of checked.problems) {
    const inStatistics = statistics !== undefined && path[0] === 'reference' && path[1] === 'features';
    problems.push(inStatistics ? statistics.at(path.slice(2), message) : source.at(path, message));
  }
  if (checked.monitor === undefined) return { file, monitor: undefined, problems };
  if (statistics !== undefined || statisticsFile === undefined) {
    for (const feature of featuresWithoutStatistics(checked.monitor)) {
      const message = `has no statistics of the feature "${feature}"`;
      problems.push(statistics?.at([], message) ?? source.at(['reference', 'features'], message));
    }
  }
  return { file, monitor: onlyMonitored(checked.monitor), problems };
}

async function readStatistics(
  monitor: Source,
  name: string,
  problems: FileProblem[],
): Promise<Source | undefined> {
  const file = join(dirname(monitor.file), name);
  try {
    const source = await readSource(file);
    problems.push(...source.problems);
    return source.unreadable ? undefined : source;
  } catch (error) {
    problems.push(monitor.at(['reference', 'file'], `cannot be read (${reasonOf(error)})`));
    return undefined;
  }
}

function repeatedModels(sources: readonly Source[]): FileProblem[] {
  const firstFile = new Map<string, string>();
  return sources.flatMap((source) => {
    const model = isRecord(source.data) ? source.data['model'] : undefined;
    if (typeof model !== 'string') return [];
    const first = firstFile.get(model);
    firstFile.set(model, first ?? source.file);
    return first === undefined
      ? []
      : [source.at(['model'], `"${model}" is the model of ${first} already; one file a model`)];
  });
}
