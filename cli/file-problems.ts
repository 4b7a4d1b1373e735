/** Problems of files, as an editor or a terminal makes links of them: `file:line:column`. */

import { TidewatchError } from '../core/errors.ts';
import type { Path } from './monitor-problems.ts';
import { quoted } from './quoted.ts';

export interface FileProblem {
  readonly file: string;
  /** Line and column count from 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** All problems in one error, by file and line. */
export function invalidFiles(
  code: 'INVALID_MONITOR' | 'INVALID_EXPECTATIONS' | 'INVALID_RULES',
  problems: readonly FileProblem[],
): TidewatchError {
  const sorted = [...problems].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.text, b.text),
  );
  const lines = sorted.map(({ file, line, column, text }) => `${file}:${line}:${column} ${text}`);
  return new TidewatchError(code, { count: lines.length, problems: lines.join('\n') });
}

/**
 * A path as people write it.
 *
 * @example textOf(['degradation', 'rules', 0, 'metric']) // 'degradation.rules[0].metric'
 */
export function textOf(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return `.${/^[\w-]+$/.test(step) && step.length <= 60 ? step : quoted(step)}`;
  });
  return steps.join('').replace(/^\./, '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
