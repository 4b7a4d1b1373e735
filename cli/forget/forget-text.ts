/** What a forgetting takes, and has taken, as people and programs read it. */

import { countText } from '../../core/performance/metrics.ts';
import { obstaclesOf, type ForgetPlan } from './plan-forgetting.ts';

export interface Forgotten {
  readonly model: string;
  /** By table, all that went: by the tries before as well, where it was begun before. */
  readonly rows: ReadonlyMap<string, number>;
  readonly schedules: number;
  readonly groups: number;
}

const sumOf = (rows: ReadonlyMap<string, number>): number =>
  [...rows.values()].reduce((sum, count) => sum + count, 0);

const mostFirst = (rows: ReadonlyMap<string, number>): [string, number][] =>
  [...rows].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));

/** A line each. */
export function planLines(plan: ForgetPlan): string[] {
  const { model, rows, schedules, lives, groups, begun } = plan;
  const width = Math.max(0, ...[...rows.keys()].map((table) => table.length));
  return [
    `${model}: ${countText(sumOf(rows), 'row')} of ${countText(rows.size, 'table')} would be deleted, and cannot be brought back${begun === undefined ? '' : '; it was begun before, and goes on'}`,
    ...mostFirst(rows).map(([table, count]) => `  ${table.padEnd(width)}  ${count}`),
    ...(schedules.length === 0
      ? []
      : [
          `  ${countText(schedules.length, 'schedule')} in Temporal: ${schedules.map(({ scheduleId }) => scheduleId).join(', ')}`,
        ]),
    ...(lives.length === 0
      ? []
      : [
          `  ${countText(lives.length, 'run')} that ${lives.length === 1 ? 'tells' : 'tell'} people of its alerts`,
        ]),
    ...(groups === undefined || groups.length === 0
      ? []
      : [
          `  ${countText(groups.length, 'group')} of the Pushgateway: ${groups.map(({ process }) => process).join(', ')}`,
        ]),
    'What stays: removals and audit_events, which say what went, when and by whom',
    ...obstaclesOf(plan).map((line) => `in the way: ${line}`),
  ];
}

export function planJson(plan: ForgetPlan): object {
  const { model, rows, schedules, runs, lives, groups } = plan;
  return {
    model,
    forgotten: false,
    rows: Object.fromEntries(rows),
    schedules,
    alertRuns: lives.map(({ workflowId }) => workflowId),
    groups: groups === undefined ? null : groups.map(({ process }) => process),
    running: runs,
    inTheWay: obstaclesOf(plan),
  };
}

/** What went, in one sentence. */
export function forgottenText({ rows, schedules, groups }: Omit<Forgotten, 'model'>): string {
  return `deleted ${countText(sumOf(rows), 'row')} of ${countText(rows.size, 'table')}, ${countText(schedules, 'schedule')}, ${countText(groups, 'group')} of the Pushgateway`;
}

export function forgottenJson({ model, rows, schedules, groups }: Forgotten): object {
  return { model, forgotten: true, rows: Object.fromEntries(rows), schedules, groups };
}
