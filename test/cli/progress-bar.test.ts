import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { openBar } from '../../cli/progress-bar.ts';

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.useFakeTimers();
  vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line));
  vi.stubGlobal('process', { ...process, stderr: { isTTY: false } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('writes a line every half a minute where stderr is no terminal, and none for what is done sooner', async () => {
  const bar = await openBar('trainings at most');
  for (let done = 1; done <= 10; done += 1) {
    vi.advanceTimersByTime(10_000);
    bar.update(done, 12);
  }
  bar.close();
  expect(lines).toEqual([
    '3 of 12 trainings at most',
    '6 of 12 trainings at most',
    '9 of 12 trainings at most',
  ]);
});
