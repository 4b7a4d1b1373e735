/** Retrainings as people read them. */

import Table from 'cli-table3';

import { oneLine } from '../../core/alert/message.ts';
import { describeMetric } from '../../core/comparison/compare-losses.ts';
import type { ComparedMetric } from '../../core/comparison/compare-losses.ts';
import { formatShare, formatSignificant } from '../../core/number-text.ts';
import { isRunningState } from '../../core/retraining/states.ts';
import { plain } from '../compare/column-table.ts';
import type { Color, Screen } from '../paint.ts';
import type { RetrainingEvent, ShownRetraining } from './store.ts';

/** One row a retraining, with its cost, what it has gained and when it has paid. */
export function retrainingTable(retrainings: readonly ShownRetraining[], { paint }: Screen): string {
  if (retrainings.length === 0) return 'no model was retrained';
  const table = new Table({
    ...plain,
    head: ['model', 'as of', 'state', 'version', 'helped', 'gain', 'cost', 'days until it paid'],
  });
  for (const retraining of retrainings) {
    const { model, retrainingId, champion, challenger, helped, cost } = retraining;
    table.push([
      model,
      minuteText(retrainingId),
      paint(colorOf(retraining), stateText(retraining)),
      `${champion ?? 'none'} -> ${challenger ?? 'none yet'}`,
      helped ?? '',
      gainText(retraining),
      cost === null ? '' : formatSignificant(cost),
      daysText(retraining),
    ]);
  }
  return table.toString();
}

/** One retraining with its history. */
export function retrainingText(
  retraining: ShownRetraining,
  events: readonly RetrainingEvent[],
  { paint }: Screen,
): string {
  const { model, retrainingId, reason, champion, challenger, verification, cost, helped } = retraining;
  const payback = verification?.payback?.days;
  return [
    paint('bold', `${model} as of ${minuteText(retrainingId)}`),
    `  ${paint(colorOf(retraining), stateText(retraining))}: ${champion ?? 'none'} -> ${challenger ?? 'none yet'}`,
    `  ${oneLine(reason)}`,
    ...(helped === null
      ? []
      : [`  helped: ${helped}${gainText(retraining) === '' ? '' : `, ${gainText(retraining)}`}`]),
    ...(cost === null ? [] : [`  cost: ${formatSignificant(cost)}`]),
    ...(payback === undefined
      ? []
      : [`  paid: ${'value' in payback ? `after ${daysText(retraining)} days` : payback.notComputable}`]),
    '',
    ...events.map(
      ({ at, asOf, event, summary }) =>
        `  ${minuteText(at)}  ${event}, as of ${minuteText(asOf)}: ${oneLine(summary)}`,
    ),
  ].join('\n');
}

/** `verifying until 2011-05-04 00:00` */
export function stateText({ state, waitsUntil }: Pick<ShownRetraining, 'state' | 'waitsUntil'>): string {
  return waitsUntil === null ? state : `${state} until ${minuteText(waitsUntil)}`;
}

function colorOf({ state }: ShownRetraining): Color {
  if (isRunningState(state)) return 'cyan';
  if (state === 'kept') return 'green';
  return state === 'failed' || state === 'rolled-back' ? 'red' : 'dim';
}

/** `RMSE better by 60 (55 to 65), 46%` */
function gainText({ verification }: ShownRetraining): string {
  if (verification === null || 'notComputable' in verification.gain) return '';
  const { metric, gain, relativeGain } = verification;
  const { label } = describeMetric(metric as ComparedMetric);
  const share = relativeGain === null ? '' : `, ${formatShare(Math.abs(relativeGain))}`;
  const [value, ...bounds] =
    gain.value < 0 ? [-gain.value, -gain.high, -gain.low] : [gain.value, gain.low, gain.high];
  const interval = bounds.map((bound) => formatSignificant(bound)).join(' to ');
  return `${label} ${gain.value < 0 ? 'worse' : 'better'} by ${formatSignificant(value)} (${interval})${share}`;
}

function daysText({ verification }: ShownRetraining): string {
  const days = verification?.payback?.days;
  return days !== undefined && 'value' in days ? formatSignificant(days.value) : '';
}

/** `2026-02-03 09:00`, UTC. */
function minuteText(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
