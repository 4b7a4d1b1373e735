/** One demo: every server and process of it, and the replay. What `npm run demo` and the pictures of the docs use. */

import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Client, Connection } from '@temporalio/client';

import { openClient } from '../client/tidewatch-client.ts';
import { reasonOf } from '../core/errors.ts';
import type { Database } from '../sql/database.ts';
import { openDatabase } from '../sql/database.ts';
import { inject, parseInjection } from './data/inject.ts';
import { writeMessages } from './messages.ts';
import type { Processes } from './processes.ts';
import { startProcesses } from './processes.ts';
import type { DayReport } from './replay.ts';
import { replay } from './replay.ts';
import { findScenario } from './scenarios.ts';
import type { Stack } from './stack/stack.ts';
import { startStack } from './stack/stack.ts';
import type { Summary } from './summary.ts';
import { summarize } from './summary.ts';

export interface DemoOptions {
  /** `bikes` or `flights`. */
  readonly dataSet: string;
  /** By default those of the data set. */
  readonly weeks?: number | undefined;
  /** Faults to put into features, as `--inject` takes them. */
  readonly injections: readonly string[];
  /** Holds data and logs; one running demo a directory. By default `.tidewatch/demo`. */
  readonly stateDirectory?: string | undefined;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface Demo {
  readonly stack: Stack;
  readonly processes: Processes;
  readonly database: Database;
  readonly temporal: Client;
  /** Days that the replay takes. */
  readonly days: number;
  readonly firstDay: number;
  /** Where `summarize` writes the messages that arrived, as pages. */
  readonly messagesDirectory: string;
  replay(onDay: (day: DayReport) => void): Promise<void>;
  summarize(): Promise<Summary>;
  stop(): Promise<void>;
}

const root = new URL('..', import.meta.url).pathname;
const defaultStateDirectory = join(root, '.tidewatch', 'demo');

/** Of the last days, these many run `actualsBackfill` every hour, as in production. */
const hourlyDays = 2;

/**
 * Starts everything that a demo needs, empty; nothing of it outlives this process.
 *
 * @throws TidewatchError `INVALID_INPUT` for an injection that cannot be read, before anything is started
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { dataSet, weeks, injections, say, signal } = options;
  const stateDirectory = resolve(options.stateDirectory ?? defaultStateDirectory);
  const messagesDirectory = join(stateDirectory, 'messages');
  const known = findScenario(dataSet);
  const scenario = { ...known, weeks: weeks ?? known.weeks };
  const clean = scenario.loadRows();
  const faults = injections.map((text) => parseInjection(text, clean[0]!.features));
  const rows = clean.map((row) => inject(row, faults));

  await rm(join(stateDirectory, 'models'), { recursive: true, force: true });
  await mkdir(stateDirectory, { recursive: true });
  const started: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) {
      await end().catch((error: unknown) => say(`while stopping: ${reasonOf(error)}`));
    }
  };
  try {
    const stack = await startStack({
      stateDirectory,
      persistent: false,
      binDirectory: join(root, '.tidewatch', 'bin'),
      onProgress: say,
      signal,
    });
    started.push(() => stack.stop());
    const processes = await startProcesses(stack, { root, stateDirectory, scenario, say, signal });
    started.push(() => processes.stop());
    say(`watch the models at ${processes.consoleUrl}, and the runs at ${stack.temporal.uiUrl}`);
    const database = openDatabase({ url: processes.databaseUrl, applicationName: 'demo' });
    started.push(() => database.close());
    const connection = await Connection.connect({ address: stack.temporal.address });
    started.push(() => connection.close());
    const temporal = new Client({ connection });
    const tidewatch = openClient({ database });
    return {
      stack,
      processes,
      database,
      temporal,
      days: scenario.weeks * 7,
      firstDay: scenario.serveFrom,
      replay: (onDay) =>
        replay({
          scenario,
          rows,
          serviceUrl: processes.serviceUrl,
          tidewatch,
          temporal,
          hourlyDays,
          signal,
          onDay,
        }),
      messagesDirectory,
      summarize: async () => {
        const summary = await summarize({ database, stack, temporal, scenario });
        const [slack, emails] = [stack.slack?.messages() ?? [], stack.smtp?.messages() ?? []];
        await writeMessages({ slack, emails }, messagesDirectory);
        return summary;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
