import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import { searchAttributeNames } from '../core/process/search-attributes.ts';
import type { Level } from '../core/verdict.ts';
import type { WindowText } from '../core/window.ts';
import { tellWindow } from './run-log.ts';

const modelKey = defineSearchAttributeKey(searchAttributeNames.model, 'KEYWORD');
const verdictKey = defineSearchAttributeKey(searchAttributeNames.verdict, 'KEYWORD');
const windowKey = defineSearchAttributeKey(searchAttributeNames.window, 'KEYWORD');

/**
 * What a run that this one starts is listed by: the model, where this one is. The server fails the task of a run that starts another with
 * an attribute that it does not know, over and over; that this one has it says that it is known.
 */
export function listedAlike(): { readonly typedSearchAttributes?: SearchAttributePair[] } {
  const model = workflowInfo().typedSearchAttributes.get(modelKey);
  return model === undefined ? {} : { typedSearchAttributes: [{ key: modelKey, value: model }] };
}

/**
 * Shows in the list of runs what this one found. Only where it was started with a verdict, as schedules do where the namespace has
 * the attributes: the server fails the task of a run that sets one it does not know, over and over. A run that was started
 * before, or by hand, has none, and replays as it was.
 */
export function showOutcome({ start, end }: WindowText, verdict: Level): void {
  const window = `${start}/${end}`;
  tellWindow(window);
  if (workflowInfo().typedSearchAttributes.get(verdictKey) === undefined) return;
  upsertSearchAttributes([
    { key: windowKey, value: window },
    { key: verdictKey, value: verdict },
  ]);
}
