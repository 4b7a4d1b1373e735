/** Tells of each statement of a connection when it is sent, and how it ended. */

import { EventEmitter } from 'node:events';
import { finished } from 'node:stream';

/** Gets the text of a statement when it is sent, and may give what is told how it ended. Both must not throw. */
export type ObserveStatement = (text: string) => ((error?: unknown) => void) | undefined;

/** Every statement of a connection goes through its `query`: one with a promise, and COPY, which is a stream. */
export function observeStatements(client: { query: unknown }, observe: ObserveStatement): void {
  const send = (client.query as (...given: unknown[]) => unknown).bind(client);
  client.query = (statement: unknown, ...rest: unknown[]): unknown => {
    const end = observe(textOf(statement));
    const sent = send(statement, ...rest);
    if (end === undefined) return sent;
    if (sent instanceof Promise) sent.then(() => end(), end);
    else if (sent instanceof EventEmitter)
      finished(sent as NodeJS.ReadWriteStream, (error) => end(error ?? undefined));
    else end();
    return sent;
  };
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const { text } = statement as { readonly text?: unknown };
  return typeof text === 'string' ? text : '';
}
