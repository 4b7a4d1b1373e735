/** One thing that `tidewatch doctor` looks at. */

import type { Sources } from './sources.ts';

/** What a check has found, and what to do about it. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'critical';
  readonly words: string;
  /** Each thing that is wrong. */
  readonly details?: readonly string[];
  /** A command to type where there is one. */
  readonly fix?: string;
}

export interface CheckDefinition<Read> {
  readonly name: string;
  /** Checks that come before it in the table: where one of them finds that nothing can be read, it is not asked. */
  readonly needs: readonly string[];
  /** @throws TidewatchError of a dependency that is away */
  readonly read: (sources: Sources) => Promise<Read>;
  /** Pure. */
  readonly judge: (read: Read) => Finding;
}

export interface Check extends Pick<CheckDefinition<unknown>, 'name' | 'needs'> {
  readonly ask: (sources: Sources) => Promise<Finding>;
}

export function check<Read>({ name, needs, read, judge }: CheckDefinition<Read>): Check {
  return { name, needs, ask: async (sources) => judge(await read(sources)) };
}
