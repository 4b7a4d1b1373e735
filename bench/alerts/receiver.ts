/** Where messages arrive: a webhook on loopback that notes which events it was told of, and when. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import { episodeKey } from '../../core/alert/alert.ts';
import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';

/** One request. */
export interface Arrival {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Of the message; the same when it is sent again. */
  readonly id: string;
  /** `<alert key>#<episode> <event>` of everything that it tells of. */
  readonly events: readonly string[];
}

export interface Receiver {
  readonly url: string;
  /** Oldest first; the very array, so that asking for it costs nothing. */
  readonly arrivals: readonly Arrival[];
  /** How many events have arrived, each counted as often as it did. */
  told(): number;
  stop(): Promise<void>;
}

interface Body {
  readonly data: {
    readonly events: readonly {
      readonly alertKey: string;
      readonly episode: number;
      readonly event: string;
    }[];
  };
}

export async function startReceiver(): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  let told = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const at = Date.now();
      const { data } = JSON.parse(await text(request)) as Body;
      const events = data.events.map((event) => `${episodeKey(event)} ${event.event}`);
      arrivals.push({ at, id: String(request.headers['webhook-id']), events });
      told += events.length;
      response.writeHead(204).end();
    })().catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    arrivals,
    told: () => told,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
