import { expect, it } from 'vitest';

import { codeText } from '../../console/code-text.ts';
import { html, toMarkup } from '../../console/html.ts';

const shown = (text: string): string => toMarkup(html`${codeText(text)}`);

it('makes code of what stands in backticks, and of nothing else', () => {
  expect(shown('Run `tidewatch migrate`, then `tidewatch <apply>`.')).toBe(
    'Run <code>tidewatch migrate</code>, then <code>tidewatch &lt;apply&gt;</code>.',
  );
  expect(shown('one ` alone')).toBe('one ` alone');
  expect(shown('`` nothing')).toBe('`` nothing');
});
