import { expect, it } from 'vitest';

import { renderRunbook, renderRunbookList } from '../../console/runbook-page.ts';

const names = ['DeadMan', 'StalePush'];

it('links to other runbooks and to the web, and names files that no page shows', () => {
  const text =
    '[StalePush](StalePush.md), [SRE](https://sre.google/), [limits](../../ops/limits.yaml), [Gone](Gone.md)';
  const shown = renderRunbook('DeadMan', text, names);
  expect(shown).toContain('<a href="/runbooks/StalePush.md">StalePush</a>');
  expect(shown).toContain('<a href="https://sre.google/">SRE</a>');
  expect(shown).toContain('limits (<code>ops/limits.yaml</code>)');
  expect(shown).toContain('Gone (<code>Gone.md</code>)');
  expect(shown).toContain('<a href="/runbooks">Runbooks</a>');
});

it('lists them, and says which one is not there', () => {
  expect(renderRunbookList(names)).toContain('<a href="/runbooks/DeadMan.md">DeadMan</a>');
  expect(renderRunbookList(names, '<b>')).toContain('There is no runbook &lt;b&gt;.');
});
