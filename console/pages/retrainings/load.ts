/** Which retrainings are asked for. */

import { endStates, runningStates, type RetrainingStateName } from '../../../core/retraining/states.ts';
import { countRetrainings, listRetrainings, type ShownRetraining } from '../../../sql/read-retrainings.ts';
import { pageOf, type Pages } from '../../layout/links.ts';
import type { Asked } from '../../server/page.ts';

export const retrainingStates: readonly RetrainingStateName[] = [...runningStates, ...endStates];

export interface LoadedRetrainings {
  readonly retrainings: readonly ShownRetraining[];
  readonly pages: Pages;
  readonly model?: string;
  readonly state?: RetrainingStateName;
}

const pageSize = 50;

export async function loadRetrainings({ connection, query }: Asked): Promise<LoadedRetrainings> {
  const model = (query.get('model') ?? '').trim();
  const state = retrainingStates.find((known) => known === query.get('state'));
  const asked = { ...(model !== '' && { model }), ...(state && { state }) };
  const page = pageOf(query);
  const [retrainings, count] = await Promise.all([
    listRetrainings(connection, { ...asked, most: pageSize, skip: (page - 1) * pageSize }),
    countRetrainings(connection, asked),
  ]);
  return { ...asked, retrainings, pages: { page, size: pageSize, count } };
}
