/** How many rows of a load have the key of a row before, and which pair is the first. */

import type { Stream } from './column-plan.ts';

/** The lines of a row and of the first one with its key. */
export interface RepeatedPair {
  readonly first: number;
  readonly again: number;
}

export interface Repeated {
  readonly rows: number;
  readonly example: RepeatedPair | undefined;
  /** Too many keys to hold all of them: there may be more. */
  readonly isAtLeast: boolean;
}

export interface KeysSeen {
  readonly add: (stream: Stream, key: string, line: number) => void;
  readonly repeated: (stream: Stream) => Repeated;
}

/** As many as `init` holds; a key has some hundred bytes in memory. */
const mostKeys = 500_000;

export function keysSeen(most = mostKeys): KeysSeen {
  const none = (): {
    lines: Map<string, number>;
    rows: number;
    example: RepeatedPair | undefined;
    full: boolean;
  } => ({
    lines: new Map(),
    rows: 0,
    example: undefined,
    full: false,
  });
  const seen = { predictions: none(), actuals: none() } as const;
  return {
    add: (stream, key, line) => {
      const state = seen[stream];
      const first = state.lines.get(key);
      if (first !== undefined) {
        state.rows += 1;
        state.example ??= { first, again: line };
      } else if (state.lines.size < most) state.lines.set(key, line);
      else state.full = true;
    },
    repeated: (stream) => {
      const { rows, example, full } = seen[stream];
      return { rows, example, isAtLeast: full };
    },
  };
}
