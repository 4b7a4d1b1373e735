import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenOnLoopback, withFreePorts } from '../../../demo/stack/loopback-ports.ts';

const PORT_TAKEN = new Error('listen tcp 127.0.0.1:7233: bind: address already in use');

describe('withFreePorts', () => {
  it('gives ports that a server can bind', async () => {
    const server = createServer();
    const port = await withFreePorts(async (freePort) => {
      const port = await freePort();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      return port;
    });
    expect(server.address()).toMatchObject({ port, address: '127.0.0.1' });
    server.close();
  });

  it('tries again with another port where one was taken before it was bound', async () => {
    const tried: number[] = [];
    const started = await withFreePorts(async (freePort) => {
      tried.push(await freePort());
      if (tried.length < 3) throw PORT_TAKEN;
      return 'started';
    });
    expect(started).toBe('started');
    expect(new Set(tried).size).toBe(3);
  });

  it('gives up after four times', async () => {
    let times = 0;
    const starting = withFreePorts(async () => {
      times += 1;
      throw PORT_TAKEN;
    });
    await expect(starting).rejects.toBe(PORT_TAKEN);
    expect(times).toBe(4);
  });

  it('passes any other error on at once', async () => {
    let times = 0;
    const starting = withFreePorts(async () => {
      times += 1;
      throw new Error('no space left on device');
    });
    await expect(starting).rejects.toThrow('no space');
    expect(times).toBe(1);
  });
});

describe('listenOnLoopback', () => {
  it('listens on 127.0.0.1 only, on the port it returns', async () => {
    const server = createServer();
    const port = await listenOnLoopback(server);
    expect(server.address()).toMatchObject({ port, address: '127.0.0.1' });
    server.close();
  });
});
