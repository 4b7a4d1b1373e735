/** A server that is too busy: it gives a call up, and says so in the words of its own context. */

import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { connectTemporal } from '../../schedules/temporal-client.ts';
import { whyFailing } from '../../schedules/why-failing.ts';

const status = { unimplemented: '12', deadlineExceeded: '4', notFound: '5' };
const givenUp = { code: status.deadlineExceeded, words: 'context deadline exceeded' };
const closers: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** Speaks gRPC, and gives to each description of a schedule the next of the answers. */
async function busyServer(answers: readonly { readonly code: string; readonly words: string }[]) {
  let asked = 0;
  const server = createServer();
  server.on('stream', (stream, { ':path': path }) => {
    const answer = path?.endsWith('/DescribeSchedule')
      ? answers[asked++]!
      : { code: status.unimplemented, words: 'unknown' };
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': answer.code,
        'grpc-message': answer.words,
      },
      { endStream: true },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { client, close } = await connectTemporal({ address: `127.0.0.1:${port}`, namespace: 'default' });
  closers.push(async () => {
    await close();
    server.close();
  });
  return { client, asked: () => asked };
}

describe('a call that a busy server gives up', () => {
  it('is made again', async () => {
    const { client, asked } = await busyServer([givenUp, givenUp, { code: status.notFound, words: 'none' }]);
    expect(await whyFailing(client, 'drift-detection:churn')).toBeUndefined();
    expect(asked()).toBe(3);
  });

  it('is an error after the third time', async () => {
    const { client, asked } = await busyServer([givenUp, givenUp, givenUp]);
    await expect(client.schedule.getHandle('drift-detection:churn').describe()).rejects.toMatchObject({
      cause: { code: 4 },
    });
    expect(asked()).toBe(3);
  });

  it('is not made again where the time of who asks is over', async () => {
    const { client, asked } = await busyServer([
      { code: status.deadlineExceeded, words: 'Deadline exceeded after 3.000s' },
    ]);
    await expect(client.schedule.getHandle('drift-detection:churn').describe()).rejects.toMatchObject({
      cause: { code: 4 },
    });
    expect(asked()).toBe(1);
  });
});
