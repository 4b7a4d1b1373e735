export interface ProgressBar {
  /** `detail` follows the numbers. */
  readonly update: (done: number, total: number, detail?: string) => void;
  readonly close: () => void;
}

/** A command that is done sooner needs no bar. */
const shownAfterMs = 1_000;

/** A bar on stderr that appears after a second; nothing where stderr is no terminal. */
export async function openBar(unit: string): Promise<ProgressBar> {
  if (!process.stderr.isTTY) return { update: () => {}, close: () => {} };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: `  {bar} {value} of {total} ${unit}{detail}`,
    clearOnComplete: true,
    // Otherwise a command that is ended leaves a terminal that no longer breaks lines.
    linewrap: true,
  });
  const shownFrom = Date.now() + shownAfterMs;
  return {
    update: (done, total, detail = '') => {
      if (bar.isActive) bar.update(done, { detail });
      else if (Date.now() >= shownFrom) bar.start(total, done, { detail });
    },
    close: () => bar.stop(),
  };
}
