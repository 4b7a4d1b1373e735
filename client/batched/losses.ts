/** Counts what is lost, and tells of problems: seldom enough to be read. */

import { TidewatchError } from '../../core/errors.ts';

// A full queue drops thousands of rows a second.
const seldom = 10_000;

/** Why rows are lost, in words that `ROWS_LOST` says. */
export type LossReason =
  | 'memory is full'
  | 'the spool is full'
  | 'they were too old'
  | 'they were not written as a whole'
  | 'a file of the spool cannot be read, and is left there'
  | 'Postgres takes them in no form'
  | 'their call is not valid'
  | 'a property of them throws when it is read'
  | 'they were logged after `close`'
  | 'they were in memory when the client was closed';

export interface Losses {
  add(rows: number, reason: LossReason, cause?: string): void;
  /** Rows lost so far. */
  rows(): number;
  /** Tells of a problem, unless one of its kind was told a moment ago. */
  tell(problem: TidewatchError): void;
  /** Tells now of all losses that were not told. */
  tellAll(): void;
}

export function openLosses(onProblem: (problem: TidewatchError) => void): Losses {
  const untold = new Map<LossReason, number>();
  const toldAt = new Map<string, number>();
  let rows = 0;

  function say(problem: TidewatchError): void {
    try {
      onProblem(problem);
    } catch {
      // Whoever listens must not fail the request that logs.
    }
  }
  function isDue(kind: string): boolean {
    const now = performance.now();
    if (now - (toldAt.get(kind) ?? -seldom) < seldom) return false;
    toldAt.set(kind, now);
    return true;
  }
  function tellLoss(reason: LossReason, cause?: string): void {
    const lost = untold.get(reason) ?? 0;
    untold.delete(reason);
    const why = cause === undefined ? reason : `${reason} (${cause})`;
    if (lost > 0) say(new TidewatchError('ROWS_LOST', { rows: lost, reason: why }));
  }

  return {
    add: (lost, reason, cause) => {
      if (lost <= 0) return;
      rows += lost;
      untold.set(reason, (untold.get(reason) ?? 0) + lost);
      if (isDue(reason)) tellLoss(reason, cause);
    },
    rows: () => rows,
    tell: (problem) => {
      if (isDue(problem.code)) say(problem);
    },
    tellAll: () => {
      for (const reason of untold.keys()) tellLoss(reason);
    },
  };
}
