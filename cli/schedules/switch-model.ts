/** `tidewatch pause` and `tidewatch resume`. */

import { findMonitor } from '../../activities/monitors/store.ts';
import { TidewatchError } from '../../core/errors.ts';
import { switchActions } from '../../core/process/pauses.ts';
import { countText } from '../../core/performance/metrics.ts';
import { installation } from '../../core/storage/settings.ts';
import { switchSchedules } from '../../schedules/pause.ts';
import { connectTemporal, withTemporalErrors } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { userName } from '../../worker/user-name.ts';
import { audited, noteDetails } from '../audited.ts';
import { withDatabase } from '../database.ts';
import { print, printJson } from '../print.ts';

export interface SwitchOptions {
  readonly note?: string;
  readonly by?: string;
  readonly json?: true;
}

/** Pauses or resumes the schedules of a model, or the one of the installation, with a row of who did it and why. */
export async function switchModel(
  model: string,
  to: keyof typeof switchActions,
  { note, by = userName(), json }: SwitchOptions,
): Promise<void> {
  await withDatabase('tidewatch-schedules', async (database) => {
    // No model can be called so.
    if (model !== installation) await findMonitor(database, model);
    const { changed, unchanged } = await audited(database, {
      by,
      action: switchActions[to],
      model,
      subject: model,
      details: noteDetails(note),
      work: () => switchAll(model, to, [...(note === undefined ? [] : [note]), `(${by})`].join(' ')),
      said: (done) => switchText(model, to, done.changed, done.unchanged),
    });
    if (json) printJson({ model, to, by, note: note ?? null, changed, unchanged });
    else print(switchText(model, to, changed, unchanged));
  });
}

async function switchAll(
  model: string,
  to: keyof typeof switchActions,
  note: string,
): Promise<Awaited<ReturnType<typeof switchSchedules>>> {
  const { temporal } = readConfiguration(process.env);
  const connection = await connectTemporal(temporal);
  const { client } = connection;
  try {
    const of = model === installation ? { taskQueue: temporal.taskQueue } : { model };
    const done = await withTemporalErrors(client, () => switchSchedules(client, of, to, note));
    if (done.changed.length + done.unchanged.length === 0)
      throw new TidewatchError('UNKNOWN_SCHEDULE', { scheduleId: `of ${model}`, model });
    return done;
  } finally {
    await connection.close();
  }
}

function switchText(
  model: string,
  to: keyof typeof switchActions,
  changed: readonly string[],
  unchanged: readonly string[],
): string {
  const done = `${model}: ${countText(changed.length, 'schedule')} ${to === 'paused' ? 'paused' : 'resumed'}`;
  const before =
    unchanged.length === 0
      ? ''
      : `, ${unchanged.length} ${unchanged.length === 1 ? 'was' : 'were'} so already`;
  const next =
    to === 'paused'
      ? `; nothing is started for it until: tidewatch resume ${model}`
      : model === installation
        ? '; to catch up now: tidewatch run storage-maintenance'
        : `; what was due meanwhile is not caught up on: tidewatch backfill-schedule drift-detection performance-evaluation --model ${model} --from <day> --to <day>`;
  return `${done}${before}${next}`;
}
