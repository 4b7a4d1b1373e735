/** Has a person to agree before a challenger goes on? */

import { formatShare } from '../number-text.ts';

export interface ApprovalPolicy {
  readonly kind: 'auto' | 'manual' | 'manual-above-risk';
  readonly risk: {
    /** The challenger is better by less than this share of the champion's number. */
    readonly improvementBelow: number;
    /** Some segment is worse by more than this share. */
    readonly segmentWorse: number;
    /** Fewer rows were compared. */
    readonly rowsBelow: number;
  };
}

/** What the validation has found, of all rows (segment '') and of segments. Relative to the champion, positive is better. */
export interface JudgedRows {
  readonly segment: string;
  readonly improvement: number | null;
  readonly rows: number;
}

export interface ApprovalNeed {
  readonly needed: boolean;
  readonly reason: string;
}

/**
 * Is a person to be asked, and why? `auto` never, `manual` always, `manual-above-risk` when the improvement over all rows is
 * small or not known, when it rests on few rows, or when a segment became worse.
 *
 * @example
 * const risk = { improvementBelow: 0.05, segmentWorse: 0.02, rowsBelow: 200 };
 * needsApproval({ kind: 'manual-above-risk', risk }, [{ segment: '', improvement: 0.03, rows: 900 }])
 * // { needed: true, reason: 'it is better by 3%, less than 5%' }
 */
export function needsApproval({ kind, risk }: ApprovalPolicy, found: readonly JudgedRows[]): ApprovalNeed {
  if (kind === 'auto') return { needed: false, reason: 'nobody has to be asked' };
  if (kind === 'manual') return { needed: true, reason: 'a person decides on every promotion' };
  const overall = found.find(({ segment, improvement }) => segment === '' && improvement !== null);
  const improvement = overall?.improvement ?? null;
  const risks = [
    ...(improvement === null ? ['how much better it is, is not known'] : []),
    ...(improvement !== null && improvement < risk.improvementBelow
      ? [`it is better by ${formatShare(improvement)}, less than ${formatShare(risk.improvementBelow)}`]
      : []),
    ...(overall !== undefined && overall.rows < risk.rowsBelow
      ? [`it was compared on ${overall.rows} rows, fewer than ${risk.rowsBelow}`]
      : []),
    ...found
      .filter(({ segment, improvement: own }) => segment !== '' && own !== null && -own > risk.segmentWorse)
      .map(
        ({ segment, improvement: own }) =>
          `${segment} is worse by ${formatShare(-own!)}, more than ${formatShare(risk.segmentWorse)}`,
      ),
  ];
  if (risks.length > 0) return { needed: true, reason: risks.join('; ') };
  return { needed: false, reason: 'the risk is below the limits of its monitor' };
}
