/** `npm run demo`: starts everything, replays sixteen weeks, shows what was found. */

import { writeFile } from 'node:fs/promises';

import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';

import { reasonOf } from '../core/errors.ts';
import { formatDay } from '../core/window.ts';
import type { Demo } from './run.ts';
import { startDemo } from './run.ts';
import { scenarios } from './scenarios.ts';
import { askText, formatSummary } from './summary-text.ts';

interface Options {
  readonly model: string;
  readonly weeks?: number;
  readonly inject: readonly string[];
  readonly exit: boolean;
  readonly summary?: string;
  readonly state?: string;
}

const dataSets = scenarios.map(({ name }) => name);

const options = new Command('npm run demo --')
  .description(
    'Replays sixteen weeks of real data through every real component, and shows what Tidewatch found.',
  )
  .option('--model <name>', `data set: ${dataSets.join(' or ')}`, oneOf(dataSets), 'bikes')
  .option('--weeks <number>', 'replay fewer weeks', wholeNumber)
  .option(
    '--inject <change>',
    'inject drift, for example hum:+0.3@2011-05-20 (may be repeated)',
    (text: string, before: readonly string[]) => [...before, text],
    [],
  )
  .option('--exit', 'stop everything when the replay is over', false)
  .option('--summary <file>', 'write the summary as JSON')
  .option('--state <directory>', 'keep data and logs there instead of .tidewatch/demo')
  .parse()
  .opts<Options>();

const abort = new AbortController();
// `on`, not `once`: npm and the terminal each pass Ctrl-C on, and the second must not cut the stopping short.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!abort.signal.aborted) console.log('\n  stopping');
    abort.abort(new Error('stopped'));
  });
}

async function run(): Promise<void> {
  const demo = await startDemo({
    dataSet: options.model,
    weeks: options.weeks,
    injections: options.inject,
    stateDirectory: options.state,
    say: (text) => console.log(`  ${text}`),
    signal: abort.signal,
  });
  try {
    const { model } = scenarios.find(({ name }) => name === options.model)!;
    console.log(`\n${askText(demo, model).join('\n')}\n`);
    await replayWithProgress(demo);
    abort.signal.throwIfAborted();
    const summary = await demo.summarize();
    console.log(formatSummary(summary, demo));
    if (options.summary !== undefined)
      await writeFile(options.summary, `${JSON.stringify(summary, null, 2)}\n`);
    if (!options.exit) {
      console.log('\nEverything is running; look around. Ctrl-C stops it.');
      await new Promise<void>((resolve) => {
        if (abort.signal.aborted) resolve();
        else abort.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  } finally {
    await demo.stop();
  }
}

async function replayWithProgress(demo: Demo): Promise<void> {
  const bar = new SingleBar({
    format: '  {bar} {day}  {verdict}  {eta_formatted} left',
    etaBuffer: 20,
    formatTime: timeText,
    // In a log: a line every ten seconds.
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  });
  bar.start(demo.days, 0, { day: formatDay(demo.firstDay), verdict: '' });
  try {
    await demo.replay(({ day, done, verdict, version }) =>
      bar.update(done, { day: formatDay(day), verdict: `${verdict} (version ${version ?? 'none'})` }),
    );
  } finally {
    bar.stop();
  }
}

function timeText(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('write a whole number, 1 or more');
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
  // After Ctrl-C whatever was under way may fail: that is not news.
  if (!abort.signal.aborted) {
    console.error(reasonOf(error));
    process.exitCode = 1;
  }
}
