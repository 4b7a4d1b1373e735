import { expect, it } from 'vitest';

import { escapeHtml } from '../../../activities/alerts/escape-html.ts';

it('escapes what ends a text or an attribute', () => {
  expect(escapeHtml('<b> & "c"')).toBe('&lt;b&gt; &amp; &quot;c&quot;');
  expect(escapeHtml("it's")).toBe('it&#39;s');
});

it('escapes what looks escaped, so that it is shown as it was written', () => {
  expect(escapeHtml('&lt;')).toBe('&amp;lt;');
});

it('leaves every other character', () => {
  expect(escapeHtml('R² ≥ 0.9 – 自転車 🚲')).toBe('R² ≥ 0.9 – 自転車 🚲');
});
