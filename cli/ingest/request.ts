/** What `ingest` is asked for, checked. */

import { existsSync } from 'node:fs';

import { TidewatchError } from '../../core/errors.ts';
import { isTimeZone } from '../../core/window.ts';
import type { Stream } from './column-plan.ts';
import type { DateOrder } from './date-order.ts';

/** As commander gives them. */
export interface IngestOptions {
  readonly model: string;
  readonly map?: readonly string[];
  readonly set?: readonly string[];
  readonly only?: Stream;
  readonly timeZone?: string;
  readonly dates?: DateOrder;
  readonly allowMissing?: true;
  readonly rejected?: string;
  readonly restart?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

export interface IngestRequest {
  readonly model: string;
  /** What -> column. */
  readonly mapped: ReadonlyMap<string, string>;
  /** What -> value. */
  readonly constants: ReadonlyMap<string, string>;
  readonly only: Stream | undefined;
  readonly timeZone: string | undefined;
  readonly dates: DateOrder | undefined;
  readonly allowMissing: boolean;
  /** The file for rejected rows, where it is named. */
  readonly rejected: string | undefined;
  readonly restart: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * @throws TidewatchError `INVALID_OPTION`
 */
export function requestOf(files: readonly string[], options: IngestOptions): IngestRequest {
  const { model, map = [], set = [], only, timeZone, rejected } = options;
  const mapped = pairsOf('--map', map, '<column>=<what it is>');
  const constants = pairsOf('--set', set, '<what it is>=<value>');
  const both = [...constants.keys()].find((what) => mapped.has(what));
  if (both !== undefined) throw invalid('--set', `"${both}" is a column by --map; choose one of the two`);
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw invalid('--time-zone', `"${timeZone}" is no time zone; write for example UTC or Europe/Lisbon`);
  }
  if (files.filter((file) => file === '-').length > 1) throw invalid('-', 'standard input can be read once');
  if (rejected !== undefined && files.length > 1) {
    throw invalid('--rejected', 'is for one file; without it each file has one of its own');
  }
  const unreadable = files.find((file) => !file.startsWith('postgres:') && file !== '-' && !existsSync(file));
  if (unreadable !== undefined)
    throw new TidewatchError('UNREADABLE_TABLE', { file: unreadable, reason: 'there is no such file' });
  return {
    model,
    mapped,
    constants,
    only,
    timeZone,
    dates: options.dates,
    allowMissing: options.allowMissing === true,
    rejected,
    restart: options.restart === true,
    dryRun: options.dryRun === true,
    json: options.json === true,
  };
}

/** `--map` is column=what, `--set` what=value; both become what -> the other. */
function pairsOf(option: '--map' | '--set', texts: readonly string[], form: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    // The name of a column may hold a "=", and so may a value: what it is holds none.
    const at = option === '--map' ? text.lastIndexOf('=') : text.indexOf('=');
    const [before, after] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
    if (at === -1 || before === '' || after === '') throw invalid(option, `"${text}" is not ${form}`);
    const [what, value] = option === '--map' ? [after, before] : [before, after];
    if (what === '__proto__') throw invalid(option, 'nothing can be called __proto__');
    if (pairs.has(what)) throw invalid(option, `"${what}" is given twice`);
    pairs.set(what, value);
  }
  return pairs;
}

function invalid(option: string, reason: string): TidewatchError {
  return new TidewatchError('INVALID_OPTION', { option, reason });
}
