import { styleText } from 'node:util';

export type Color = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Colours a text for a terminal; plain where the output is none, or NO_COLOR is set (https://no-color.org). */
export function paint(color: Color, text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(color, text) : text;
}
