/** `npm run demo`: starts everything, replays sixteen weeks, shows what was found. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';

import { openClient } from '../client/tidewatch-client.ts';
import { reasonOf } from '../core/errors.ts';
import { formatDay } from '../core/window.ts';
import { openDatabase } from '../sql/database.ts';
import { inject, parseInjection } from './data/inject.ts';
import { startProcesses } from './processes.ts';
import { replay } from './replay.ts';
import { findScenario } from './scenarios.ts';
import { startStack } from './stack/stack.ts';
import { summarize } from './summary.ts';
import { formatSummary } from './summary-text.ts';

const root = new URL('..', import.meta.url).pathname;
const stateDirectory = join(root, '.tidewatch', 'demo');

interface Options {
  readonly model: 'bikes' | 'flights';
  readonly weeks?: number;
  readonly inject: readonly string[];
  readonly exit: boolean;
  readonly summary?: string;
}

const program = new Command('npm run demo --')
  .description('Replays sixteen weeks of real data through every real component, and shows what Tidewatch found.')
  .option('--model <name>', 'data set: bikes or flights', oneOf(['bikes', 'flights']), 'bikes')
  .option('--weeks <number>', 'replay fewer weeks', wholeNumber)
  .option(
    '--inject <change>',
    'inject drift, for example hum:+0.3@2011-05-20 (may be repeated)',
    (text: string, before: readonly string[]) => [...before, text],
    [],
  )
  .option('--exit', 'stop everything when the replay is over', false)
  .option('--summary <file>', 'write the summary as JSON')
  .parse();
const options = program.opts<Options>();

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort(new Error('stopped')));

async function run(): Promise<void> {
  const say = (text: string): void => console.log(text);
  const scenario = findScenario(options.model);
  const clean = scenario.loadRows();
  const injections = options.inject.map((text) => parseInjection(text, clean[0]!.features));
  const rows = clean.map((row) => inject(row, injections));
  // Each demo starts empty; the binaries are kept.
  await rm(join(stateDirectory, 'models'), { recursive: true, force: true });
  await mkdir(stateDirectory, { recursive: true });
  const stack = await startStack({
    stateDirectory,
    persistent: false,
    binDirectory: join(root, '.tidewatch', 'bin'),
    onProgress: (text) => say(`  ${text}`),
    signal: abort.signal,
  });
  const closers: (() => Promise<unknown>)[] = [() => stack.stop()];
  try {
    const processes = await startProcesses(stack, { root, stateDirectory, scenario, say, signal: abort.signal });
    closers.push(() => processes.stop());
    const database = openDatabase({ url: processes.databaseUrl, applicationName: 'demo' });
    closers.push(() => database.close());
    const connection = await Connection.connect({ address: stack.temporal.address });
    closers.push(() => connection.close());

    const bar = new SingleBar({
      format: '  {bar} {day}  {verdict}  {eta_formatted} left',
      etaBuffer: 20,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
    });
    const weeks = options.weeks ?? scenario.weeks;
    bar.start(weeks * 7, 0, { day: formatDay(scenario.serveFrom), verdict: '' });
    await replay({
      scenario: { ...scenario, weeks },
      rows,
      serviceUrl: processes.serviceUrl,
      tidewatch: openClient({ database }),
      temporal: new Client({ connection }),
      hourlyDays: 2,
      signal: abort.signal,
      onDay: ({ day, done, verdict, version }) =>
        bar.update(done, { day: formatDay(day), verdict: `${verdict} (${version ?? 'no version'})` }),
    });
    bar.stop();

    const summary = await summarize({ database, stack, connection, scenario });
    say(formatSummary(summary, stack, processes));
    if (options.summary !== undefined) await writeFile(options.summary, `${JSON.stringify(summary, null, 2)}\n`);
    if (!options.exit) {
      say('\nEverything is running; look around. Ctrl-C stops it.');
      await new Promise((resolve) => abort.signal.addEventListener('abort', resolve, { once: true }));
    }
  } finally {
    for (const close of closers.reverse()) await close().catch((error: unknown) => console.error(reasonOf(error)));
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('write a whole number, 1 or more');
  return value;
}

function oneOf(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (!names.includes(text)) throw new InvalidArgumentError(`write one of ${names.join(', ')}`);
    return text;
  };
}

try {
  await run();
} catch (error) {
  if (!abort.signal.aborted) {
    console.error(reasonOf(error));
    process.exitCode = 1;
  }
}
