/** What distinguishes a schedule that the server holds from its definition. */

import type { ScheduleDescription } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';

import { pendingVerdict, searchAttributeNames } from '../core/process/search-attributes.ts';
import type { ScheduleDefinition } from './catalog.ts';
import { modelKey } from './search-attributes.ts';

/** What runs carry that will show a verdict. */
export const verdictKey = defineSearchAttributeKey(searchAttributeNames.verdict, 'KEYWORD');

/** One field of a schedule that is not as the catalog has it, in words. */
export interface Difference {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** The fields in which a held schedule is not as the catalog has it; none when it is. */
export function differencesOf(
  held: ScheduleDescription,
  definition: ScheduleDefinition,
  taskQueue: string,
): readonly Difference[] {
  const heldNow = heldFields(held);
  return Object.entries(desiredFields(definition, taskQueue)).flatMap(([field, to]) => {
    const from = heldNow[field] ?? '';
    return from === to ? [] : [{ field, from, to }];
  });
}

type Fields = Readonly<Record<string, string>>;

function desiredFields(definition: ScheduleDefinition, taskQueue: string): Fields {
  return {
    cron: definition.cron,
    timeZone: definition.timeZone,
    jitterMs: String(definition.jitterMs),
    overlap: definition.overlap,
    catchupWindowMs: String(definition.catchupWindowMs),
    pauseOnFailure: String(definition.pauseOnFailure),
    workflowType: definition.workflowType,
    workflowId: definition.scheduleId,
    taskQueue,
    input: JSON.stringify([definition.input]),
    model: definition.model,
    summary: definition.summary,
    verdict: definition.showsVerdict ? pendingVerdict : '',
  };
}

function heldFields({ spec, policies, action }: ScheduleDescription): Fields {
  return {
    cron: cronOf(spec),
    // The server reads no time zone as UTC.
    timeZone: spec.timezone || 'UTC',
    jitterMs: String(spec.jitter ?? 0),
    overlap: policies.overlap ?? 'SKIP',
    catchupWindowMs: String(policies.catchupWindow),
    pauseOnFailure: String(policies.pauseOnFailure),
    workflowType: action.workflowType,
    workflowId: action.workflowId ?? '',
    taskQueue: action.taskQueue,
    input: JSON.stringify(action.args ?? []),
    model: valueOf(action.typedSearchAttributes, modelKey),
    summary: action.staticSummary ?? '',
    verdict: valueOf(action.typedSearchAttributes, verdictKey),
  };
}

function cronOf(spec: ScheduleDescription['spec']): string {
  const { calendars = [], intervals = [], skip = [], startAt, endAt } = spec;
  const plain = calendars.length === 1 && intervals.length + skip.length === 0 && !startAt && !endAt;
  return (plain && calendars[0]?.comment) || 'edited by hand';
}

function valueOf(
  attributes: ScheduleDescription['action']['typedSearchAttributes'],
  key: typeof modelKey,
): string {
  return (attributes instanceof TypedSearchAttributes && attributes.get(key)) || '';
}
