/** Runs `tidewatch watch`: looks again and again, until it is ended. */

import { setTimeout as pause } from 'node:timers/promises';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { durationMs, formatInstant, isDuration, secondMs } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { withDatabase } from '../database.ts';
import { screen } from '../paint.ts';
import type { ModelStatus } from '../status/read-status.ts';
import { readStatuses } from '../status/read-statuses.ts';
import { statusTable, statusText } from '../status/status-text.ts';
import { changeLines } from './changes.ts';
import { openLiveScreen } from './live-screen.ts';
import { print, printNote, printable } from '../print.ts';

/**
 * @throws TidewatchError `INVALID_OPTION`, `UNKNOWN_MODEL`, `POSTGRES_UNREACHABLE` at the first look; later ones are said, and
 * tried again
 */
export async function runWatch(model: string | undefined, every: string): Promise<void> {
  if (!isDuration(every) || durationMs(every) < secondMs) {
    const reason = `"${every}" is no duration of a second or more; write for example 10s`;
    throw new TidewatchError('INVALID_OPTION', { option: '--every', reason });
  }
  const ended = new AbortController();
  await withDatabase('tidewatch-watch', async (database) => {
    const first = await readStatuses(database, model);
    const look = lookAgain(database, model, durationMs(every), ended.signal);
    if (process.stdout.isTTY) await show(model, first, look, ended);
    else await log(first, look, ended);
  });
}

type Look = ModelStatus[] | { readonly failed: string };

async function* lookAgain(
  database: Database,
  model: string | undefined,
  every: number,
  ended: AbortSignal,
): AsyncGenerator<Look> {
  for (;;) {
    await pause(every, undefined, { signal: ended }).catch(() => {});
    if (ended.aborted) return;
    try {
      yield [...(await readStatuses(database, model))];
    } catch (error) {
      yield { failed: reasonOf(error) };
    }
  }
}

async function show(
  model: string | undefined,
  first: readonly ModelStatus[],
  looks: AsyncIterable<Look>,
  ended: AbortController,
): Promise<void> {
  let text = screenText(model, first, Date.now());
  const live = openLiveScreen(
    () => ended.abort(),
    () => live.show(text),
  );
  try {
    live.show(text);
    let last = first;
    for await (const look of looks) {
      if ('failed' in look) text = `${screenText(model, last, Date.now())}\n\n${look.failed}`;
      else {
        last = look;
        text = screenText(model, look, Date.now());
      }
      live.show(text);
    }
  } finally {
    live.close();
  }
}

function screenText(model: string | undefined, read: readonly ModelStatus[], at: number): string {
  const statuses = printable(read);
  const paper = screen();
  const content =
    statuses.length === 0
      ? 'nothing is watched yet; write monitors/<model>.yaml and run `tidewatch apply`'
      : model === undefined
        ? statusTable(statuses, paper)
        : statuses.map((status) => statusText(status, 'explain', paper, at)).join('\n\n');
  return `${content}\n\n${paper.paint('dim', `${formatInstant(Math.floor(at / secondMs) * secondMs)}; q ends it`)}`;
}

async function log(
  first: readonly ModelStatus[],
  looks: AsyncIterable<Look>,
  ended: AbortController,
): Promise<void> {
  process.once('SIGINT', () => ended.abort()).once('SIGTERM', () => ended.abort());
  for (const line of changeLines(undefined, printable(first), Date.now())) print(line);
  let last = first;
  let failure = '';
  for await (const look of looks) {
    if ('failed' in look) {
      if (look.failed !== failure) printNote(look.failed);
      failure = look.failed;
      continue;
    }
    failure = '';
    for (const line of changeLines(printable(last), printable(look), Date.now())) print(line);
    last = look;
  }
}
