/** Lets several processes of one test go on by turns, in an order that a seed decides. */

/** One that does not come to its next point in this time waits for another one, for example for a lock. */
const longestTurnMs = 10;

export interface Turns {
  /** Another process takes part, until it leaves. */
  join(): { readonly turn: () => Promise<void>; readonly leave: () => void };
}

/** `random`: at least 0 and below 1, as of a seeded generator. */
export function openTurns(random: () => number): Turns {
  const waiting: (() => void)[] = [];
  let members = 0;
  let patience: NodeJS.Timeout | undefined;

  function next(): void {
    clearTimeout(patience);
    patience = undefined;
    const [go] = waiting.splice(Math.floor(random() * waiting.length), 1);
    if (go === undefined) return;
    patience = setTimeout(next, longestTurnMs);
    go();
  }
  function changed(): void {
    if (waiting.length === members) next();
    else patience ??= setTimeout(next, longestTurnMs);
  }
  return {
    join: () => {
      members += 1;
      return {
        turn: () =>
          new Promise((resolve) => {
            waiting.push(resolve);
            changed();
          }),
        leave: () => {
          members -= 1;
          if (waiting.length > 0) changed();
        },
      };
    },
  };
}
