import { describe, expect, it } from 'vitest';

import { followRun } from '../../cli/follow-run.ts';

describe('following a run', () => {
  const counts = { hours: 168 };
  const progressOf = (done: number): { readonly done: number } => ({ done });

  it('tells of its progress, past a look that fails, and gives its result', async () => {
    const answers = [progressOf(1), new Error('no worker'), progressOf(2)];
    let end: (ended: typeof counts) => void = () => {};
    const seen: number[] = [];
    const result = await followRun(
      {
        workflowId: 'w',
        result: () => new Promise((resolve) => (end = resolve)),
        look: async () => {
          const answer = answers.shift();
          if (answer === undefined) {
            end(counts);
            return progressOf(3);
          }
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
      { onProgress: ({ done }) => seen.push(done), onSilence: () => {}, pollMs: 1 },
    );
    expect(result).toBe(counts);
    expect(seen.slice(0, 2)).toEqual([1, 2]);
  });

  it('says so when nobody answers for a while', async () => {
    let end: (ended: typeof counts) => void = () => {};
    const silent = await new Promise<string>((resolve) => {
      void followRun(
        {
          workflowId: 'w',
          result: () => new Promise((resolve) => (end = resolve)),
          look: () => Promise.reject(new Error('no worker')),
        },
        { onProgress: () => {}, onSilence: () => resolve('silent'), pollMs: 1, silenceMs: 5 },
      );
    });
    end(counts);
    expect(silent).toBe('silent');
  });

  it('fails with the innermost reason, and the run it is about', async () => {
    const cause = new Error('Workflow execution failed', {
      cause: new Error('Activity task failed', { cause: new Error('No monitor watches the model "bikes".') }),
    });
    await expect(
      followRun(
        { workflowId: 'w', result: () => Promise.reject(cause), look: async () => progressOf(0) },
        { onProgress: () => {}, onSilence: () => {}, pollMs: 1 },
      ),
    ).rejects.toMatchObject({
      code: 'RUN_FAILED',
      message:
        'w failed: No monitor watches the model "bikes". Correct this and start it again; what it had done is kept.',
    });
  });
});
