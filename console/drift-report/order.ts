/** In which order columns are shown: those that somebody should look at first. */

import type { Level } from '../../core/verdict.ts';
import type { Answer, ReportedColumn } from './drift-report.ts';

/** From worst to best; what could not be judged may hide anything. */
const ranks: Readonly<Record<Level, number>> = { critical: 0, warning: 1, 'insufficient-data': 2, ok: 3 };

/**
 * Those that count first. Of them the worst, then the most important to the model (unknown importance last), then the largest
 * effect for its floor.
 */
export function inOrder(columns: readonly ReportedColumn[]): ReportedColumn[] {
  return [...columns].sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      (b.weight ?? -1) - (a.weight ?? -1) ||
      timesFloor(leadingAnswer(b)) - timesFloor(leadingAnswer(a)) ||
      (a.name < b.name ? -1 : 1),
  );
}

function rankOf({ verdict: { level }, counted }: ReportedColumn): number {
  return ranks[level] + (counted ? 0 : 4);
}

/** The answer that says most: the worst, and of those the one furthest over its floor. */
export function leadingAnswer({ answers }: ReportedColumn): Answer | undefined {
  return [...answers].sort((a, b) => ranks[a.level] - ranks[b.level] || timesFloor(b) - timesFloor(a))[0];
}

/** How large is an effect, counted in what matters? -1 where it is not known. */
export function timesFloor(answer: Answer | undefined): number {
  if (answer === undefined || 'notComputable' in answer.statistic) return -1;
  return answer.statistic.effect / answer.floor;
}

/** Worst first, otherwise as given. */
export function worstFirst<T>(items: readonly T[], levelOf: (item: T) => Level): T[] {
  return [...items].sort((a, b) => ranks[levelOf(a)] - ranks[levelOf(b)]);
}
