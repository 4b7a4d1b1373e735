/** Replays rules over the stored history of a model, beside the applied ones. */

import { findMonitor } from '../../activities/monitors/store.ts';
import type { Against, Replay } from '../../core/degradation/replay.ts';
import { compareEpisodes, replayRules } from '../../core/degradation/replay.ts';
import { rulesOf } from '../../core/degradation/rules.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, floorToDay } from '../../core/window.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { openBar } from '../progress-bar.ts';
import { rangeOf, readInstant } from '../time-range.ts';
import { readHistory } from './read-history.ts';
import { readRulesFile } from './rules-file.ts';
import { findServedHours } from './store.ts';

export interface TryOptions {
  readonly model: string;
  readonly rules?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asKnown?: true;
}

export interface Trial {
  readonly model: string;
  /** The file of the tried rules; without one only the applied ones are replayed. */
  readonly file?: string;
  /** Checks of these days; the last is not one of them. */
  readonly span: Window;
  readonly known: 'now' | 'then';
  /** Windows that no run has evaluated, computed for this. */
  readonly computed: number;
  readonly applied: Replay;
  readonly tried?: Replay;
  readonly against?: Against;
}

/**
 * What would these rules have said? Changes nothing.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_RULES`, `INVALID_OPTION`
 */
export async function tryRules(database: Database, options: TryOptions): Promise<Trial> {
  const { model, rules: file } = options;
  const { monitor } = await findMonitor(database, model);
  const tried = file === undefined ? undefined : await readRulesFile(file, monitor);
  const applied = rulesOf(monitor);
  const known = options.asKnown ? 'then' : 'now';
  const bar = await openBar('windows');
  const { span, evidence, computed } = await database
    .snapshot(async (connection) => {
      const span = await readSpan(connection, options);
      const days: number[] = [];
      for (let day = span.start; day < span.end; day += dayMs) days.push(day);
      const rules = [...applied, ...(tried ?? [])];
      return {
        span,
        ...(await readHistory(connection, { monitor, rules, days, known, onProgress: bar.update })),
      };
    })
    .finally(bar.close);
  const appliedReplay = replayRules(applied, evidence);
  const trial = { model, span, known, computed, applied: appliedReplay } as const;
  if (tried === undefined || file === undefined) return trial;
  const triedReplay = replayRules(tried, evidence);
  return {
    ...trial,
    file,
    tried: triedReplay,
    against: compareEpisodes(appliedReplay.episodes, triedReplay.episodes),
  };
}

/** By default every day that a check could speak for. */
async function readSpan(connection: Queryable, { model, from, to }: TryOptions): Promise<Window> {
  const served = await findServedHours(connection, model);
  if (served === null) {
    const reason = `"${model}" has no summarised predictions yet; run \`performanceEvaluation\` first`;
    throw new TidewatchError('INVALID_OPTION', { option: '--model', reason });
  }
  const start = from === undefined ? floorToDay(served.first) + dayMs : readInstant('--from', from, 'day');
  const end = to === undefined ? floorToDay(served.last) + 2 * dayMs : readInstant('--to', to, 'day');
  return rangeOf(start, end);
}
