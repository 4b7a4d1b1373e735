import { forTerminal } from '../print.ts';
/** A text on a terminal that is replaced in place. */

const enterAlternateScreen = '\u001B[?1049h\u001B[?25l';
const leaveAlternateScreen = '\u001B[?25h\u001B[?1049l';
const home = '\u001B[H';
const clearLine = '\u001B[K';
const clearBelow = '\u001B[J';

/**
 * What turns the screen into these lines: each line is overwritten and cleared after its end. Nothing is ever empty meanwhile,
 * which is what flickers.
 *
 * @param rows of the terminal; what does not fit is left out, and said
 */
export function frame(text: string, rows: number): string {
  const lines = text.split('\n');
  const fits =
    lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `... ${lines.length - rows + 1} more lines`];
  return `${home}${fits.map((line) => `${line}${clearLine}`).join('\r\n')}${clearBelow}`;
}

export interface LiveScreen {
  readonly show: (text: string) => void;
  readonly close: () => void;
}

/** Takes the terminal over, as a pager does; `onEnd` is called for q, Escape and Ctrl-C. */
export function openLiveScreen(onEnd: () => void, onResize: () => void): LiveScreen {
  const { stdin, stdout } = process;
  const onKey = (key: string): void => {
    if (key === 'q' || key === '\u0003' || key === '\u001B') onEnd();
  };
  stdout.write(enterAlternateScreen);
  stdout.on('resize', onResize);
  if (stdin.isTTY) stdin.setRawMode(true).setEncoding('utf8').on('data', onKey).resume();
  process.once('SIGINT', onEnd).once('SIGTERM', onEnd);
  return {
    show: (text) => stdout.write(frame(forTerminal(text), stdout.rows || 24)),
    close: () => {
      process.off('SIGINT', onEnd).off('SIGTERM', onEnd);
      if (stdin.isTTY) stdin.off('data', onKey).setRawMode(false).pause();
      stdout.off('resize', onResize);
      stdout.write(leaveAlternateScreen);
    },
  };
}
