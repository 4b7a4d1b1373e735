import { beforeEach, describe, expect, it } from 'vitest';

import type { TemporalAnswer } from '../../console/server/temporal-now.ts';
import { openTemporalNow } from '../../worker/temporal-now.ts';

const temporal = { address: '127.0.0.1:7233', namespace: 'default' };
const away = { unknown: 'Temporal at 127.0.0.1:7233 does not answer' };
const notYet = { unknown: 'Temporal at 127.0.0.1:7233 has not answered yet' };
const first: TemporalAnswer = { pauses: { paused: [], schedules: 1 }, runs: [] };
const second: TemporalAnswer = { pauses: { paused: [], schedules: 2 }, runs: [] };

let clock: number;
/** Each question that was asked: its model, and what answers it. */
let questions: { readonly model: string; readonly answer: (answer: TemporalAnswer) => void }[];
let askNow: (model: string) => Promise<TemporalAnswer>;

beforeEach(() => {
  clock = 0;
  questions = [];
  askNow = openTemporalNow(
    temporal,
    () => clock,
    (model) => new Promise((answer) => void questions.push({ model, answer })),
  );
});

describe('what Temporal says now', () => {
  it('is asked once for all who look within two seconds, and then anew', async () => {
    const both = Promise.all([askNow('bikes'), askNow('bikes')]);
    questions[0]!.answer(first);
    expect(await both).toEqual([first, first]);
    clock = 1_900;
    expect(await askNow('bikes')).toEqual(first);
    clock = 2_100;
    const anew = askNow('bikes');
    questions[1]!.answer(second);
    expect(await anew).toEqual(second);
    expect(questions.map(({ model }) => model)).toEqual(['bikes', 'bikes']);
  });

  it('keeps nobody waiting: an answer that is late is shown to who looks next, as long as it is not old', async () => {
    expect(await askNow('bikes')).toEqual(notYet);
    questions[0]!.answer(first);
    await Promise.resolve();
    await Promise.resolve();
    clock = 5_000;
    expect(await askNow('bikes')).toEqual(first);
    clock = 13_000;
    expect(await askNow('bikes')).toEqual(notYet);
    expect(questions).toHaveLength(3);
  });

  it('is asked of a server that is away every ten seconds only, of each model on its own', async () => {
    const asked = askNow('bikes');
    questions[0]!.answer(away);
    expect(await asked).toEqual(away);
    clock = 9_000;
    expect(await askNow('bikes')).toEqual(away);
    expect(questions).toHaveLength(1);
    clock = 10_100;
    const again = askNow('bikes');
    questions[1]!.answer(first);
    expect(await again).toEqual(first);
    expect(await askNow('churn')).toEqual(notYet);
  });
});
