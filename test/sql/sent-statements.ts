/** What the product sends to Postgres while it does something, noted where it leaves this process. */

import { AsyncLocalStorage } from 'node:async_hooks';

import { Client } from 'pg';
import { vi } from 'vitest';

export interface Noting {
  /** Notes what `work` sends, whatever else is under way. */
  readonly while: (work: () => Promise<unknown>) => Promise<void>;
  /** Each text once. */
  readonly texts: ReadonlySet<string>;
  readonly stop: () => void;
}

/** Looks at every connection of this process. */
export function noteStatements(): Noting {
  const noting = new AsyncLocalStorage<true>();
  const texts = new Set<string>();
  const send = Client.prototype.query;
  const sending = vi.spyOn(Client.prototype, 'query').mockImplementation(function (
    this: Client,
    ...given: readonly unknown[]
  ) {
    const [statement] = given as readonly [string | { readonly text: string }];
    if (noting.getStore()) texts.add(typeof statement === 'string' ? statement : statement.text);
    return Reflect.apply(send, this, given);
  });
  return {
    while: async (work) => {
      await noting.run(true, work);
    },
    texts,
    stop: () => sending.mockRestore(),
  };
}
