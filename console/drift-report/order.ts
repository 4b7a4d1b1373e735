/** In which order columns are shown: those that somebody should look at first. */

import { levelRanks } from '../worst-first.ts';
import type { Answer, ReportedColumn } from './drift-report.ts';

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
  return levelRanks[level] + (counted ? 0 : 4);
}

/** The answer that says most: the worst, and of those the one furthest over its floor. */
export function leadingAnswer({ answers }: ReportedColumn): Answer | undefined {
  return [...answers].sort(
    (a, b) => levelRanks[a.level] - levelRanks[b.level] || timesFloor(b) - timesFloor(a),
  )[0];
}

/** How large is an effect, counted in what matters? -1 where it is not known. */
export function timesFloor(answer: Answer | undefined): number {
  if (answer === undefined || 'notComputable' in answer.statistic) return -1;
  return answer.statistic.effect / answer.floor;
}
