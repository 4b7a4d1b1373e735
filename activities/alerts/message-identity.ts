/** What tells a message from all others, so that whoever gets it twice sees that it is the same. */

import { createHash } from 'node:crypto';

import { episodeKey } from '../../core/alert/alert.ts';
import type { AlertMessage } from '../../core/alert/message.ts';

/**
 * The same for every send of the same events, whichever worker sends them: where it has its pages does not count. It is made of the
 * events and of their runs, so that two installations that watch a model of the same name do not hide each other's messages.
 */
export function messageIdentity({ thread, events }: Pick<AlertMessage, 'thread' | 'events'>): string {
  return shortHash([
    thread,
    ...events.flatMap((event) => [`${episodeKey(event)}.${event.event}`, event.runId]),
  ]);
}

export function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
