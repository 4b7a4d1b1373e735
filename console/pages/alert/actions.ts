/** What operators do to an alert. */

import { changeText } from '../../../core/alert/alert-words.ts';
import type { AlertChangeName } from '../../../core/alert/change.ts';
import { modelOfKey } from '../../../sql/read-alerts.ts';
import type { ActionAsked, ActionRoute } from '../../server/page.ts';
import { wordsOf } from '../form-words.ts';
import { alertPath } from '../paths.ts';

const alertChanges = ['acknowledge', 'snooze', 'resolve', 'comment'] as const;

export const alertActions: readonly ActionRoute[] = alertChanges.map((change) => ({
  path: `/alerts/:key/${change}`,
  action: `alert.${change}`,
  subject: (asked) => ({ model: modelOfKey(keyOf(asked)), subject: keyOf(asked) }),
  act: (asked) => act(change, asked),
  back: (asked) => alertPath(keyOf(asked)),
}));

async function act(change: AlertChangeName, asked: ActionAsked): Promise<string> {
  const alertKey = keyOf(asked);
  const { since } = asked.form;
  // Whoever comments says nothing about the state, and a snooze ends at a time or after a while.
  const { for: length, until, ...words } = wordsOf(asked);
  const end = until === undefined ? { ...(length !== undefined && { for: length }) } : { until };
  const alert = await asked.actions.changeAlert({
    model: modelOfKey(alertKey),
    alertKey,
    change,
    words: {
      ...words,
      ...(change === 'snooze' && end),
      ...(change !== 'comment' && since && { since }),
    },
  });
  return `${alertKey}: ${changeText(change, alert)}`;
}

function keyOf({ parameters }: ActionAsked): string {
  return parameters['key'] ?? '';
}
