import { findMonitors } from '../../activities/monitors/store.ts';
import { formatInstant } from '../../core/window.ts';
import { withDatabase } from '../database.ts';
import { screen } from '../paint.ts';
import type { RetrainOptions } from './options.ts';
import { readAsOf } from './options.ts';
import { outlookText } from './outlook-text.ts';
import type { Outlook } from './read-outlook.ts';
import { readOutlook } from './read-outlook.ts';
import { print, printJson, printNote, printable } from '../print.ts';

/** `tidewatch retrain --explain`: would a retraining start, and why not? Of one model, or of all. */
export async function explainRetraining({ model, asOf, json }: RetrainOptions): Promise<void> {
  const instant = readAsOf(asOf, Date.now());
  const outlooks = await withDatabase('tidewatch-retrain', async (database) => {
    const { monitors, unreadable } = await findMonitors(database, model);
    for (const { problem } of unreadable) printNote(printable(problem));
    return database.snapshot(async (connection) => {
      const read: Outlook[] = [];
      for (const { monitor } of monitors)
        read.push(await readOutlook(connection, monitor, instant, 'policy'));
      return read;
    });
  });
  if (json) printJson(outlooks.map(outlookJson));
  else if (outlooks.length === 0) {
    print('nothing is watched yet; write monitors/<model>.yaml and run `tidewatch apply`');
  } else
    print(
      printable(outlooks)
        .map((outlook) => outlookText(outlook, screen()))
        .join('\n\n'),
    );
}

/** What scripts read: the decision with its checks, and what would be trained on. */
export function outlookJson({ model, asOf, champion, decision, specification }: Outlook): object {
  return { model, asOf: formatInstant(asOf), champion, ...decision, ...(specification && { specification }) };
}
