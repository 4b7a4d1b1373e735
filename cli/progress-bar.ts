import { SingleBar } from 'cli-progress';

export interface ProgressBar {
  readonly update: (done: number, total: number) => void;
  readonly close: () => void;
}

/** A command that is done sooner needs no bar. */
const shownAfterMs = 1_000;

/** A bar on stderr that appears after a second; nothing where stderr is no terminal. */
export function openBar(unit: string): ProgressBar {
  if (!process.stderr.isTTY) return { update: () => {}, close: () => {} };
  const bar = new SingleBar({ format: `  {bar} {value} of {total} ${unit}`, clearOnComplete: true });
  const shownFrom = Date.now() + shownAfterMs;
  return {
    update: (done, total) => {
      if (bar.isActive) bar.update(done);
      else if (Date.now() >= shownFrom) bar.start(total, done);
    },
    close: () => bar.stop(),
  };
}
