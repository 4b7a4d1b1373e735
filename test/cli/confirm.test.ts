import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { isConfirmed, isTyped } from '../../cli/confirm.ts';

let answer = '';
vi.mock('node:readline/promises', () => ({
  createInterface: () => ({ question: async () => answer, close: () => {} }),
}));

const asked = { instead: '--plan shows it' };
const { isTTY } = process.stdin;
beforeEach(() => {
  process.stdin.isTTY = true;
});
afterEach(() => {
  process.stdin.isTTY = isTTY;
});

it.each([
  ['y', true],
  ['YES ', true],
  ['', false],
  ['yellow', false],
])('takes "%s" as %s', async (said, taken) => {
  answer = said;
  expect(await isConfirmed('Do it?', asked)).toBe(taken);
});

it.each([
  ['bikes', true],
  [' bikes ', true],
  ['y', false],
  ['Bikes', false],
  ['', false],
])('takes "%s" as the name: %s', async (said, taken) => {
  answer = said;
  expect(await isTyped('bikes', 'Type bikes: ', asked)).toBe(taken);
});

it('asks nobody who has said yes beforehand', async () => {
  answer = 'no';
  expect(await isTyped('bikes', 'Type bikes: ', { ...asked, yes: true })).toBe(true);
});

it('asks nobody who cannot answer', async () => {
  process.stdin.isTTY = false;
  await expect(isTyped('bikes', 'Type bikes: ', asked)).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining('--plan shows it') as string,
  });
});
