/** What operators ask of a retraining. */

import { retrainingChanges, type RetrainingChangeName } from '../../../core/retraining/change.ts';
import { changeText } from '../../../core/retraining/retraining-words.ts';
import type { ActionAsked, ActionRoute } from '../../server/page.ts';
import { wordsOf } from '../form-words.ts';
import { retrainingPath } from '../paths.ts';

export const retrainingActions: readonly ActionRoute[] = retrainingChanges.map((change) => ({
  path: `/retrainings/:model/:id/${change}`,
  action: `retraining.${change}`,
  subject: (asked) => ({ model: keyOf(asked).model, subject: keyOf(asked).retrainingId }),
  act: (asked) => act(change, asked),
  back: (asked) => retrainingPath(keyOf(asked).model, keyOf(asked).retrainingId),
}));

async function act(change: RetrainingChangeName, asked: ActionAsked): Promise<string> {
  const key = keyOf(asked);
  const { for: length, until: _, ...words } = wordsOf(asked);
  const view = await asked.actions.changeRetraining({
    ...key,
    change,
    words: { ...words, ...(change === 'extend' && length !== undefined && { for: length }) },
  });
  return `${key.model} as of ${key.retrainingId}: ${changeText(view)}`;
}

function keyOf({ parameters }: ActionAsked): { readonly model: string; readonly retrainingId: string } {
  const { model = '', id = '' } = parameters;
  return { model, retrainingId: id };
}
