import { styleText } from 'node:util';

export type Color = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Where people read a text. */
export interface Screen {
  /** Longer lines are broken. */
  readonly columns: number;
  readonly paint: (color: Color, text: string) => string;
}

/** A file or a pipe: no line is too long, and nothing has a colour. */
export const paper: Screen = { columns: Infinity, paint: (_color, text) => text };

/** What stdout leads to: a terminal, or paper. */
export function screen(): Screen {
  const { isTTY, columns } = process.stdout;
  // A terminal that does not know its width says 0.
  return isTTY ? { columns: columns || Infinity, paint } : paper;
}

/** Colours a text for a terminal; plain where the output is none, or NO_COLOR is set (https://no-color.org). */
export function paint(color: Color, text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(color, text) : text;
}
