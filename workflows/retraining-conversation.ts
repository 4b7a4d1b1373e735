/** What a retraining says of itself while it goes on, and what it is told: query, current details, signals and updates. */

import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';

import type { RetrainingChangeName } from '../core/retraining/change.ts';
import { retrainingChanges } from '../core/retraining/change.ts';
import type { RetrainingStateName } from '../core/retraining/states.ts';
import { decodeRequest } from './input.ts';
import type { RetrainingRequest } from './retraining-updates.ts';
import type { ResultOf } from './steps.ts';
import { decisions } from './steps.ts';

/** Another day was judged: time has come further. */
export const dayChecked = defineSignal('dayChecked');
const progressQuery = defineQuery<RetrainingProgress>('progress');

/** The answer to the query `progress`. */
export interface RetrainingProgress {
  readonly state: RetrainingStateName;
  /** Null while it works. */
  readonly waitsFor: 'the trainer' | 'a person' | 'the next day' | null;
  /** When what it waits for is over. */
  readonly until: string | null;
  /** The newest day that it has looked at. */
  readonly asOf: string;
  /** In words. */
  readonly detail: string;
}

export interface Conversation {
  /** Everything in it ends when the run is cancelled, or a person cancels the retraining. */
  readonly scope: CancellationScope;
  /** Who cancelled it, and why. */
  cancelledBy(): string | undefined;
  show(progress: Partial<RetrainingProgress>): void;
  /** How many times it was told something that may be news. */
  heard(): number;
  /** Until there is news since, or the time is over. */
  news(since: number, waitMs: number): Promise<void>;
  /** Carries out what it was asked already, and from then on refuses. */
  close(): Promise<void>;
}

type View = ResultOf<'changeRetraining'>;
type Key = { readonly model: string; readonly retrainingId: string };

/** Listens from now on. */
export function openConversation(key: Key, begun: Pick<RetrainingProgress, 'state' | 'asOf'>): Conversation {
  let progress: RetrainingProgress = { ...begun, waitsFor: null, until: null, detail: '' };
  let heard = 0;
  let isClosed = false;
  let cancelledBy: string | undefined;
  const scope = new CancellationScope();

  setHandler(progressQuery, () => progress);
  setHandler(dayChecked, () => {
    heard += 1;
  });
  const carryOut = async (change: RetrainingChangeName, request: RetrainingRequest): Promise<View> => {
    const updateId = currentUpdateInfo()!.id;
    const view = await decisions.changeRetraining({ ...key, change, updateId, ...request });
    heard += 1;
    if (change === 'cancel') {
      cancelledBy ??= `cancelled by ${request.by}${request.note === undefined ? '' : `: ${request.note}`}`;
      scope.cancel();
    }
    return view;
  };
  for (const change of retrainingChanges) {
    setHandler(
      defineUpdate<View, [unknown]>(change),
      async (request) => carryOut(change, decodeRequest(change, request)),
      {
        validator: (request) => {
          if (isClosed) throw ApplicationFailure.nonRetryable('it is over', 'RETRAINING_NOT_CHANGED');
          decodeRequest(change, request);
        },
      },
    );
  }

  return {
    scope,
    cancelledBy: () => cancelledBy,
    show: (shown) => {
      progress = { ...progress, ...shown };
      setCurrentDetails(detailsOf(progress));
    },
    heard: () => heard,
    news: async (since, waitMs) => {
      await condition(() => heard > since, waitMs);
    },
    close: async () => {
      await condition(allHandlersFinished);
      isClosed = true;
    },
  };
}

function detailsOf({ state, waitsFor, until, asOf, detail }: RetrainingProgress): string {
  const waiting = waitsFor === null ? '' : `, waits for ${waitsFor}`;
  return [
    `**${state}**${waiting}${until === null ? '' : ` until ${until}`}`,
    `as of ${asOf}`,
    ...(detail === '' ? [] : [detail]),
  ].join('\n\n');
}
