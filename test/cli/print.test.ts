import { describe, expect, it, vi } from 'vitest';

import { forTerminal, printable, printJson } from '../../cli/print.ts';

describe('a text of lines for the terminal', () => {
  it.each([
    ['clears the screen', '\u001B[2J'],
    ['sets the title of the window', '\u001B]0;title\u0007'],
    ['goes back to the start of the line', '100% wrong\r'],
    ['rubs out what is before it', 'wrong\b\b'],
    ['speaks as C1 controls do', '\u009B2J'],
    ['turns the direction', '\u202Egnp.exe'],
    ['hides what follows', '\u001B[8m'],
  ])('has nothing left that %s', (_, text) => {
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(forTerminal(text)).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\p{Bidi_Control}]/u);
    expect(forTerminal(text)).toContain('\u{FFFD}');
  });

  it('keeps lines, tabs, the colours of the command, other scripts and emoji', () => {
    const text = '\u001B[31mred\u001B[39m\n\t\u001B[1mשלום مرحبا\u001B[22m 🚲👩‍💻';
    expect(forTerminal(text)).toBe(text);
  });
});

describe('facts for a line', () => {
  it('are made one line each, keys and values, however deep', () => {
    const facts = { rules: [{ name: 'a\nok' }], map: new Map([['b\r\n', 'c\u2028d']]), 'e\u001B': 1 };
    expect(printable(facts)).toEqual({
      rules: [{ name: 'a ok' }],
      map: new Map([['b ', 'c d']]),
      'e\u{FFFD}': 1,
    });
  });

  it('are cut where they are longer than a person reads', () => {
    expect(printable('x'.repeat(5_000))).toHaveLength(2_003);
  });

  it('stay as they are otherwise', () => {
    const values = new Float64Array([1]);
    const facts = { values, none: null, absent: undefined, when: new Date(0), rtl: 'שלום', emoji: '👩‍💻' };
    expect(printable(facts)).toEqual(facts);
    expect(printable(facts).values).toBe(values);
  });
});

it('JSON is the same when it is read again, and holds nothing that a terminal obeys', () => {
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  const value = { name: 'a\u001B[2J\u009B\u202E\u007F\n' };
  printJson(value);
  log.mockRestore();
  expect(JSON.parse(printed[0]!)).toEqual(value);
  // oxlint-disable-next-line no-control-regex -- that is what must not be there
  expect(printed[0]).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\p{Bidi_Control}]/u);
});
