/** The actuals of one day arrive in two parts, as degradationCheck sees it night by night. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import type { TestChannels } from '../setup/channels.ts';
import { startTestChannels } from '../setup/channels.ts';
import { createTestDatabase } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { actualsOf, at, predictionsOf, watch } from '../setup/synthetic.ts';
import { untilDelivered } from '../setup/until-delivered.ts';
import type { TestWorker } from '../setup/worker.ts';
import { startTestWorker } from '../setup/worker.ts';

const model = 'restated-verdict';

interface Answer {
  readonly verdict: string;
  readonly reason: string;
}

let test: TestDatabase;
let worker: TestWorker;
let channels: TestChannels;
beforeAll(async () => {
  test = await createTestDatabase();
  channels = await startTestChannels();
  worker = await startTestWorker(test.database, { channels: channels.channels });
  await watch(test.database, {
    model,
    performance: { windows: ['1d'] },
    degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 1, certainty: 'point' }] },
    quality: { ignore: ['range', 'volume', 'freshness', 'stuck'] },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
  });
  // The reference, which is not checked.
  await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 1, to: 15 }));
});
afterAll(async () => {
  await worker.stop();
  await channels.stop();
  await test.drop();
});

const check = (n: number) => worker.run<Answer>('degradationCheck', { model, asOf: at(n, 3, 40) });
const predict = (n: number) =>
  openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: n, to: n + 1 }));
const record = (n: number, error: number, from: number, to: number) =>
  openClient({ database: test.database }).recordActuals(
    model,
    actualsOf({ from: n, to: n + 1, error }).slice(from, to),
  );
const told = async () => {
  await untilDelivered(test.database, model);
  // As Slack shows it.
  return channels
    .told()
    .slack.map((text) => text.replaceAll('&gt;', '>'))
    .filter((text) => text.includes('degraded'));
};

describe('a day of which a part is known', () => {
  it('raises an alert when the gate has waited long enough', async () => {
    await predict(20);
    expect((await check(21)).verdict).toBe('insufficient-data');
    await predict(21);
    await record(20, 1.25, 0, 14);
    expect((await check(22)).verdict).toBe('critical');
    expect(await told()).toEqual([
      expect.stringMatching(
        /^CRITICAL .* is degraded: RMSE of 20 Jan 1\.25 is above 1 \(.*14 outcomes, coverage 58\.3%\)$/,
      ),
    ]);
  });

  it('is restated when the rest arrives, which resolves the alert and tells why', async () => {
    await record(20, 0, 14, 24);
    const { verdict, reason } = await check(23);
    expect(verdict).toBe('ok');
    expect(reason).toMatch(
      /; restated: RMSE of 20 Jan 1\.25 -> 0\.9547 as coverage rose from 58\.3% to 100%$/,
    );
    expect(await told()).toEqual([`RESOLVED ${model} is no longer degraded: ${reason}`]);
  });

  it('raises it again when it turns out that a day was bad after all', async () => {
    await record(21, 0.5, 0, 14);
    expect((await check(24)).verdict).toBe('ok');
    await record(21, 10, 14, 24);
    const { verdict, reason } = await check(25);
    expect(verdict).toBe('critical');
    expect(reason).toMatch(/; restated: RMSE of 21 Jan 0\.5 -> 6\.\d+ as coverage rose from 58\.3% to 100%$/);
    expect(await told()).toEqual([`CRITICAL ${model} is degraded again: ${reason}`]);
  });

  it('says nothing more when it is checked again', async () => {
    await check(25);
    expect(channels.told().slack).toEqual([]);
  });
});
