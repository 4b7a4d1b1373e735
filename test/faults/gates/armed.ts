/** What waits for its moment at a gate. */

export interface Armed<Moment, Event, Verdict> {
  /** Waits for the next event of this moment that is wanted. The first of those that wait for the same one gets it. */
  arm(trap: Trap<Moment, Event, Verdict>): () => void;
  /** What is to be done, of an event that somebody has waited for. */
  spring(moment: Moment, event: Event): Promise<Verdict> | undefined;
}

export interface Trap<Moment, Event, Verdict> {
  readonly moment: Moment;
  readonly wants: (event: Event) => boolean;
  readonly act: (event: Event) => Promise<Verdict> | Verdict;
}

export function armed<Moment, Event, Verdict>(): Armed<Moment, Event, Verdict> {
  const traps = new Set<Trap<Moment, Event, Verdict>>();
  return {
    arm: (trap) => {
      traps.add(trap);
      return () => void traps.delete(trap);
    },
    spring: (moment, event) => {
      for (const trap of traps) {
        if (trap.moment !== moment || !trap.wants(event)) continue;
        traps.delete(trap);
        return Promise.resolve(trap.act(event));
      }
      return undefined;
    },
  };
}
