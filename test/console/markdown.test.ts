import { expect, it } from 'vitest';

import { toMarkup } from '../../console/html.ts';
import { markdownHtml } from '../../console/markdown.ts';

const nowhere = () => undefined;
const shown = (text: string, hrefOf: (address: string) => string | undefined = nowhere) =>
  toMarkup(markdownHtml(text, hrefOf)).trim();

it('shows headings, lists, tables and code', () => {
  const text = '# Stale\n\n1. look\n2. `mend`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\na < b\n```\n';
  expect(shown(text)).toMatch(
    /^<h1>Stale<\/h1>\n<ol>\n<li>look<\/li>\n<li><code>mend<\/code><\/li>\n<\/ol>\n<table>[^]*<td>1<\/td>[^]*a &lt; b\n<\/code><\/pre>$/,
  );
});

it('follows the links that lead somewhere, and names the others', () => {
  const hrefOf = (address: string) => (address === 'Other.md' ? '/pages/Other' : undefined);
  expect(shown('[the *other*](Other.md)', hrefOf)).toBe(
    '<p><a href="/pages/Other">the <em>other</em></a></p>',
  );
  expect(shown('[limits](../../ops/limits.yaml)', hrefOf)).toBe(
    '<p>limits (<code>ops/limits.yaml</code>)</p>',
  );
});

it.each([
  '<script>alert(1)</script>',
  'a <b onclick="alert(1)">b</b>',
  '<svg/onload=alert(1)>',
  '<script>\n<svg/onload=alert(1)>',
  'a <script> <svg/onload=alert(1)> </script>',
  '<!-- --><img src=x onerror=alert(1)>',
  '<details>\n\n<iframe src="https://example.org">\n\n</details>',
  '![<img src=x>](x "<script>")',
  '```"><script>\ncode\n```',
  '| <img src=x> |\n|---|\n| <script> |',
  '[x](javascript:alert(1))',
  '<javascript:alert(1)>',
  '[a]: javascript:alert(1)\n\n[<img src=x>][a]',
])('makes no tag of %j', (text) => {
  expect(shown(text)).not.toMatch(/<(?!\/?(?:p|code|pre|table|thead|tbody|tr|th|td)\b)/);
  expect(shown(text)).not.toMatch(/<[^>]* (?:on\w+|href|src)=/);
});
