/** How often something may be tried: so many at once, then one every so often, for each key. */

export interface Limit {
  /** How long until one more may be tried, in milliseconds; 0: now. */
  wait(key: string, now: number): number;
  /** Counts one. Those that are counted while none may be tried make the wait longer, up to twice. */
  take(key: string, now: number): void;
}

export interface LimitOptions {
  readonly burst: number;
  readonly everyMs: number;
  /** Of so many keys it knows; whoever was longest not counted is forgotten first. */
  readonly mostKeys?: number;
}

/** A leaky bucket for each key. */
export function openLimit({ burst, everyMs, mostKeys = 10_000 }: LimitOptions): Limit {
  /** When nothing will be left of what was counted. */
  const emptyAt = new Map<string, number>();
  return {
    wait: (key, now) => Math.max(0, (emptyAt.get(key) ?? now) - now - (burst - 1) * everyMs),
    take: (key, now) => {
      const until = Math.max(emptyAt.get(key) ?? now, now) + everyMs;
      emptyAt.delete(key);
      emptyAt.set(key, Math.min(until, now + 2 * burst * everyMs));
      const [oldest] = emptyAt.keys();
      if (emptyAt.size > mostKeys && oldest !== undefined) emptyAt.delete(oldest);
    },
  };
}
