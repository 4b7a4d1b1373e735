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
  return {
    ...asked,
    retrainings: await listRetrainings(connection, {
      ...asked,
      most: pageSize,
      skip: (page - 1) * pageSize,
    }),
    pages: { page, size: pageSize, count: await countRetrainings(connection, asked) },
  };
}
