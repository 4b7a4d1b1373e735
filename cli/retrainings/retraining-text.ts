/** Retrainings as people read them. */

import Table from 'cli-table3';

import { oneLine } from '../../core/alert/message.ts';
import { formatSignificant } from '../../core/number-text.ts';
import { countText } from '../../core/performance/metrics.ts';
import { daysText, gainText, helpedText, stateText } from '../../core/retraining/retraining-words.ts';
import { isRunningState } from '../../core/retraining/states.ts';
import { formatMinute, parseInstant } from '../../core/window.ts';
import type { RetrainingEvent, ShownRetraining, Validation } from '../../sql/read-retrainings.ts';
import { plain } from '../compare/column-table.ts';
import type { Color, Screen } from '../paint.ts';

/** One row a retraining, with its cost, what it has gained and when it has paid. */
export function retrainingTable(retrainings: readonly ShownRetraining[], { paint }: Screen): string {
  if (retrainings.length === 0) return 'no model was retrained';
  const table = new Table({
    ...plain,
    head: ['model', 'as of', 'state', 'version', 'helped', 'gain', 'cost', 'days until it paid'],
  });
  for (const retraining of retrainings) {
    const { model, retrainingId, champion, challenger, cost } = retraining;
    table.push([
      model,
      minuteText(retrainingId),
      paint(colorOf(retraining), stateText(retraining)),
      `${champion ?? 'none'} -> ${challenger ?? 'none yet'}`,
      helpedText(retraining),
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
  {
    validation,
    events,
  }: { readonly validation: Validation | null; readonly events: readonly RetrainingEvent[] },
  { paint }: Screen,
): string {
  const { model, retrainingId, reason, champion, challenger, verification, cost } = retraining;
  const helped = helpedText(retraining);
  const payback = verification?.payback?.days;
  return [
    paint('bold', `${model} as of ${minuteText(retrainingId)}`),
    `  ${paint(colorOf(retraining), stateText(retraining))}: ${champion ?? 'none'} -> ${challenger ?? 'none yet'}`,
    `  ${oneLine(reason)}`,
    ...(validation === null ? [] : validationLines(validation, paint)),
    ...(helped === ''
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

/** Each gate with what was found, as one who has to approve needs it. */
function validationLines(
  { verdict, rows, gates, sanity = [] }: Validation,
  paint: Screen['paint'],
): string[] {
  const marks = { yes: paint('green', 'yes'), no: paint('red', 'no '), 'not-judged': '?  ' };
  return [
    `  validation on ${countText(rows, 'held-out row')}: ${verdict === 'pass' ? paint('green', 'passed') : paint('red', 'failed')}`,
    ...gates.map(
      ({ gate, holds, segment, reason }) =>
        `    ${marks[holds]}  ${oneLine(gate)}${segment === '' ? '' : ` (${oneLine(segment)})`}: ${oneLine(reason)}`,
    ),
    ...sanity
      .filter(({ holds }) => holds !== 'yes')
      .map(({ holds, reason }) => `    ${marks[holds]}  ${oneLine(reason)}`),
  ];
}

function colorOf({ state }: ShownRetraining): Color {
  if (isRunningState(state)) return 'cyan';
  if (state === 'kept') return 'green';
  return state === 'failed' || state === 'rolled-back' ? 'red' : 'dim';
}

/** `2026-02-03 09:00`, UTC. */
function minuteText(instant: string): string {
  return formatMinute(parseInstant(instant));
}
