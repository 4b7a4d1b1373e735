import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import { searchAttributeNames } from '../core/process/search-attributes.ts';
import type { Level } from '../core/verdict.ts';
import type { WindowText } from '../core/window.ts';
import { tellWindow } from './run-log.ts';

const verdictKey = defineSearchAttributeKey(searchAttributeNames.verdict, 'KEYWORD');
const windowKey = defineSearchAttributeKey(searchAttributeNames.window, 'KEYWORD');

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
