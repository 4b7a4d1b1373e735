/** The Python of docs/log-predictions.md, with the driver that it names. Its TypeScript is run by test/client/package. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { reasonOf } from '../../core/errors.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { commandsOf, fenced } from './fenced.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const page = await readFile(join(root, 'docs/log-predictions.md'), 'utf8');
const [program = ''] = fenced(page, 'python');

/** A Python with what the page installs, made once. */
async function python(): Promise<string> {
  const command = commandsOf(page).find((line) => line.startsWith('pip install ')) ?? '';
  const [, requirement = ''] = /"([^"]+)"/.exec(command) ?? [];
  const name = createHash('sha256').update(requirement).digest('hex').slice(0, 12);
  const directory = join(root, '.tidewatch', 'python-client', name);
  const installed = join(directory, 'bin', 'python');
  if (await run(installed, ['--version']).catch(() => undefined)) return installed;
  const making = `${directory}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  await run('python3', ['-m', 'venv', making]);
  await run(join(making, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', requirement]);
  // Complete or not there.
  await rename(making, directory);
  return installed;
}

it('stores predictions and actuals from Python, the same again changing nothing', async (context) => {
  let interpreter: string;
  try {
    interpreter = await python();
  } catch (error) {
    context.skip(`Python 3 with psycopg cannot be had here: ${reasonOf(error).slice(0, 300)}`);
    return;
  }
  const test = await createTestDatabase();
  try {
    const log = (text: string): Promise<unknown> =>
      run(interpreter, ['-c', text], { env: { PATH: process.env['PATH'], DATABASE_URL: test.url } });
    await log(program);
    await log(program);
    const event_time = Date.UTC(2026, 1, 3, 9);
    expect(
      await test.database.query(
        `select model, version, entity, event_time, issued_at, role, features, prediction, predicted_class, probabilities,
           interval_low, interval_high from predictions order by model`,
      ),
    ).toEqual([
      {
        model: 'churn',
        version: '2',
        entity: 'customer-1',
        event_time,
        issued_at: event_time,
        role: 'serving',
        features: { tenure: 12 },
        prediction: null,
        predicted_class: 'no',
        probabilities: { yes: 0.2, no: 0.8 },
        interval_low: null,
        interval_high: null,
      },
      {
        model: 'house-prices',
        version: '7',
        entity: 'house-42',
        event_time,
        issued_at: event_time,
        role: 'serving',
        features: { rooms: 4, city: 'Porto', garden: null },
        prediction: 310_000,
        predicted_class: null,
        probabilities: null,
        interval_low: 250_000,
        interval_high: 370_000,
      },
    ]);
    expect(await test.database.query('select model, entity, value, class from actuals')).toEqual([
      { model: 'house-prices', entity: 'house-42', value: 298_000, class: null },
    ]);
    const withNaN = program.replace('"garden": None', '"garden": float("nan")');
    expect(withNaN).not.toBe(program);
    await expect(log(withNaN)).rejects.toThrow('Out of range float values are not JSON compliant');
  } finally {
    await test.drop();
  }
});
