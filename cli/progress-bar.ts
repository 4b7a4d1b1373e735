import { printNote } from './print.ts';

export interface ProgressBar {
  /** `detail` follows the numbers. */
  readonly update: (done: number, total: number, detail?: string) => void;
  readonly close: () => void;
}

/** A command that is done sooner needs no bar. */
const shownAfterMs = 1_000;

/** Of a log that nobody looks at, the length is what counts. */
const linesEveryMs = 30_000;

/** A bar on stderr that appears after a second; where stderr is no terminal, a line every half a minute. */
export async function openBar(unit: string): Promise<ProgressBar> {
  if (!process.stderr.isTTY) return { update: openLines(unit), close: () => {} };
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

function openLines(unit: string): ProgressBar['update'] {
  let told = Date.now();
  return (done, total, detail = '') => {
    if (Date.now() - told < linesEveryMs) return;
    told = Date.now();
    console.error(`${done} of ${total} ${unit}${detail}`);
  };
}

export interface ProgressLine {
  /** What is done at the moment. */
  readonly update: (text: string) => void;
  /** Something that stays. */
  readonly say: (text: string) => void;
  readonly close: () => void;
}

const startOfLine = '\r\u001B[K';

/** A line on stderr that is replaced; where stderr is no terminal, only what stays is written. */
export function openLine(): ProgressLine {
  const { stderr } = process;
  let shown = '';
  const show = (text: string): void => {
    if (!stderr.isTTY || text === shown) return;
    shown = text;
    stderr.write(`${startOfLine}${text === '' ? '' : `  ${text}`.slice(0, (stderr.columns || 80) - 1)}`);
  };
  return {
    update: show,
    say: (text) => {
      show('');
      printNote(text);
    },
    close: () => show(''),
  };
}
