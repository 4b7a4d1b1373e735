/** A plan as people read it. */

import type { ScheduleChange } from '../schedules/reconciler.ts';
import type { SettingsChange } from './alerts-plan.ts';
import type { MonitorChange } from './monitor-plan.ts';
import type { Color } from './paint.ts';
import { paint } from './paint.ts';
import { printable } from './print.ts';

export interface Plan {
  readonly monitors: readonly MonitorChange[];
  readonly settings: readonly SettingsChange[];
  readonly schedules: readonly ScheduleChange[];
  /** Search attributes that the namespace lacks, and that are made before the schedules. */
  readonly attributes: readonly string[];
}

const marks = {
  create: { sign: '+', color: 'green' },
  update: { sign: '~', color: 'yellow' },
  delete: { sign: '-', color: 'red' },
  keep: { sign: '?', color: 'yellow' },
  unchanged: { sign: ' ', color: 'dim' },
} as const satisfies Record<string, { readonly sign: string; readonly color: Color }>;

/** Does the plan change anything? */
export function changesAnything({ monitors, settings, schedules, attributes }: Plan): boolean {
  return (
    attributes.length > 0 ||
    [...monitors, ...settings, ...schedules].some(({ change }) => change !== 'unchanged' && change !== 'keep')
  );
}

/** Each change in a line or more; what stays as it is, in none. `detail: 'full'` shows new monitors whole, too. */
export function planLines(
  { monitors, settings, schedules, attributes }: Plan,
  detail: 'full' | 'changes',
): string[] {
  return [
    ...section(
      'Monitors',
      monitors.flatMap((change) => monitorLines(change, detail)),
    ),
    ...section(
      'Alerts',
      settings.flatMap((change) => settingsLines(change, detail)),
    ),
    ...section(
      'Search attributes',
      attributes.map((name) => marked('create', `${name}  Keyword, by which Temporal lists runs`)),
    ),
    ...section('Schedules', schedules.flatMap(scheduleLines)),
    ...(schedules.some(({ change }) => change === 'create') ? [paint('dim', overlapNote)] : []),
  ];
}

const overlapNote =
  'With BUFFER_ALL a schedule backfill makes every run of its range, one after another; SKIP would drop them.';

/** What was done, in one sentence. */
export function doneLine({ monitors, settings, schedules, attributes }: Plan): string {
  const done = [
    ...counts(monitors, 'monitor'),
    ...counts(settings, 'alert file'),
    ...counts(
      attributes.map(() => ({ change: 'create' })),
      'search attribute',
    ),
    ...counts(schedules, 'schedule'),
  ];
  return `done: ${done.join(', ')}`;
}

function counts(changes: readonly { readonly change: string }[], noun: string): string[] {
  return Object.entries({ create: 'created', update: 'updated', delete: 'deleted' }).flatMap(
    ([kind, verb]) => {
      const count = changes.filter(({ change }) => change === kind).length;
      return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'} ${verb}`];
    },
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [paint('bold', title), ...lines.map((line) => `  ${line}`)];
}

function marked(change: keyof typeof marks, text: string): string {
  const { sign, color } = marks[change];
  return paint(color, `${sign} ${text}`);
}

function monitorLines(change: MonitorChange, detail: 'full' | 'changes'): string[] {
  const { model } = change;
  if (change.change === 'unchanged')
    return change.warnings.length === 0
      ? []
      : [marked('unchanged', `${model}  ${change.file}`), ...warningLines(change.warnings)];
  if (change.change === 'delete')
    return [marked('delete', `${model}  has no file: no longer watched; its data stays`)];
  if (change.change === 'keep') {
    return [
      marked('keep', `${model}  has no file but is still watched; \`tidewatch apply --prune\` ends that`),
    ];
  }
  const head = [marked(change.change, `${model}  ${change.file}`), ...warningLines(change.warnings)];
  return change.change === 'create' && detail === 'changes' ? head : [...head, ...diffLines(change.diff)];
}

function settingsLines(change: SettingsChange, detail: 'full' | 'changes'): string[] {
  const { name } = change;
  if (change.change === 'unchanged') {
    return change.warnings.length === 0 ? [] : [marked('unchanged', name), ...warningLines(change.warnings)];
  }
  if (change.change === 'delete') return [marked('delete', `${name}  is gone: what it said no longer holds`)];
  if (change.change === 'keep') {
    return [marked('keep', `${name}  is gone but still holds; \`tidewatch apply --prune\` ends that`)];
  }
  const head = [marked(change.change, change.file), ...warningLines(change.warnings)];
  return change.change === 'create' && detail === 'changes' ? head : [...head, ...diffLines(change.diff)];
}

function warningLines(warnings: readonly string[]): string[] {
  return printable(warnings).map((text) => paint('yellow', `    warning: ${text}`));
}

const diffColors: Readonly<Record<string, Color>> = { '+': 'green', '-': 'red', '@': 'cyan' };

function diffLines(diff: string): string[] {
  return diff
    .trimEnd()
    .split('\n')
    .map((line) => {
      const color = diffColors[line[0] ?? ''];
      return `    ${color === undefined ? line : paint(color, line)}`;
    });
}

function scheduleLines(change: ScheduleChange): string[] {
  const { scheduleId } = change;
  switch (change.change) {
    case 'unchanged':
      return [];
    case 'delete':
      return [marked('delete', scheduleId)];
    case 'create': {
      const { cron, timeZone, overlap } = change.definition;
      return [marked('create', `${scheduleId}  ${cron} ${timeZone}, ${overlap}`)];
    }
    case 'update':
      return [
        marked('update', `${scheduleId}${change.paused ? '  (stays paused)' : ''}`),
        ...printable(change.differences).map(({ field, from, to }) => `    ${field}: ${from} -> ${to}`),
      ];
  }
}
