/** What was found, for people: a line a check, more only where something is wrong. */

import { oneLine } from '../../core/alert/message.ts';
import type { Color, Screen } from '../paint.ts';
import type { Outcome, OutcomeLevel } from './run-checks.ts';

const marks: Readonly<Record<OutcomeLevel, Color>> = {
  ok: 'green',
  warning: 'yellow',
  critical: 'red',
  away: 'red',
  'not checked': 'dim',
};
const levels = Object.keys(marks) as OutcomeLevel[];

const levelWidth = Math.max(...levels.map((level) => level.length)) + 2;
/** The others are in --json. */
const mostDetails = 10;

export function doctorText(outcomes: readonly Outcome[], { paint }: Screen): string {
  const nameWidth = Math.max(...outcomes.map(({ name }) => name.length)) + 2;
  const indent = ' '.repeat(levelWidth + nameWidth);
  const lines = outcomes.flatMap(({ name, level, words, details = [], fix }) => [
    `${paint(marks[level], level.padEnd(levelWidth))}${name.padEnd(nameWidth)}${oneLine(firstLine(words))}`,
    ...details.slice(0, mostDetails).map((detail) => `${indent}- ${oneLine(detail)}`),
    ...(details.length > mostDetails
      ? [`${indent}- and ${details.length - mostDetails} more; --json has them all`]
      : []),
    ...(fix === undefined ? [] : [`${indent}${paint('bold', 'fix:')} ${fix}`]),
  ]);
  return [...lines, '', summary(outcomes)].join('\n');
}

function summary(outcomes: readonly Outcome[]): string {
  const counts = levels.flatMap((level) => {
    const count = outcomes.filter((outcome) => outcome.level === level).length;
    return count === 0 ? [] : [`${count} ${level}`];
  });
  return `${outcomes.length} checks: ${counts.join(', ')}`;
}

/** An error may have several; the rest is in --json. */
function firstLine(words: string): string {
  return words.split('\n', 1)[0] ?? '';
}
