/** Temporary directories, which are gone with the process, also when a signal ends it. */

import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const present = new Set<string>();

/** A new, empty directory. */
export async function makeTemporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'tidewatch-'));
  if (present.size === 0) for (const signal of signals) process.on(signal, endWith);
  present.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      present.delete(path);
      if (present.size === 0) stopListening();
    },
  };
}

/** Removes what is there, and then ends as the signal would have ended the process. */
function endWith(signal: NodeJS.Signals): void {
  for (const path of present) rmSync(path, { recursive: true, force: true });
  stopListening();
  process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, endWith);
}
