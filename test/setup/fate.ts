/** What becomes of a process: at some point of its work it dies, or loses one connection and works on. */

/** The process is gone: nothing that it was about to do happens, and nobody hears of what it did. */
export class Died extends Error {}

/** A connection broke under one statement or request: whether the other side has done it, the process cannot know. */
class ConnectionLost extends Error {}

export interface Fault {
  readonly kind: 'dies' | 'loses a connection';
  /** The n-th point, from 1. */
  readonly at: number;
}

export interface Fate {
  /** Before what leaves the process, and after it was answered. @throws Died, ConnectionLost */
  readonly pass: () => Promise<void>;
  /** The same where nothing can wait. */
  readonly passAtOnce: () => void;
  /** Points passed so far. */
  readonly points: () => number;
  /** Has it come to its fault? */
  readonly isMet: () => boolean;
}

/** Without a fault all goes well. `turn` resolves when it is the process's turn to go on; by default at once. */
export function openFate(fault?: Fault, turn?: () => Promise<void>): Fate {
  let points = 0;
  const passAtOnce = (): void => {
    points += 1;
    if (fault === undefined || points < fault.at) return;
    if (fault.kind === 'dies') throw new Died(`died at point ${fault.at}`);
    if (points === fault.at) throw new ConnectionLost(`lost its connection at point ${fault.at}`);
  };
  return {
    pass: async () => {
      await turn?.();
      passAtOnce();
    },
    passAtOnce,
    points: () => points,
    isMet: () => fault !== undefined && points >= fault.at,
  };
}
