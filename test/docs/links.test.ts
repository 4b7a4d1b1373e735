/** Each link of a page leads to a file that is there, and to a heading that it has. */

import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { marked, type Token } from 'marked';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const below = async (folder: string): Promise<string[]> =>
  (await readdir(join(root, folder), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...(await below('docs')),
  ...(await below('ops')),
  ...(await below('bench')),
];

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  void marked.walkTokens(marked.lexer(text), (token) => void tokens.push(token));
  return tokens;
}
/** Where a link leads to, of the links of a page that stay in the project. */
function linksOf(text: string): readonly string[] {
  return tokensOf(text)
    .flatMap((token) => (token.type === 'link' || token.type === 'image' ? [token['href'] as string] : []))
    .filter((href) => !/^[a-z]+:/.test(href));
}
/** The headings of a page as GitHub writes them into a link. */
function anchorsOf(text: string): readonly string[] {
  return tokensOf(text)
    .flatMap((token) => (token.type === 'heading' ? [token['text'] as string] : []))
    .map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
}

describe('a picture', () => {
  it('is shown by some page', async () => {
    const pictures = (await readdir(join(root, 'docs/pictures'))).filter((name) => name.endsWith('.png'));
    const texts = await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')));
    expect(pictures.filter((name) => !texts.some((text) => text.includes(`pictures/${name}`)))).toEqual([]);
  });
});

describe('a page', () => {
  it.each(pages)('links only to what is there: %s', async (page) => {
    const text = await readFile(join(root, page), 'utf8');
    const broken: string[] = [];
    for (const link of linksOf(text)) {
      const [path = '', anchor] = decodeURI(link).split('#');
      const target = path === '' ? page : join(dirname(page), path);
      try {
        await access(join(root, target));
        if (anchor !== undefined && target.endsWith('.md'))
          if (!anchorsOf(await readFile(join(root, target), 'utf8')).includes(anchor)) broken.push(link);
      } catch {
        broken.push(link);
      }
    }
    expect(broken).toEqual([]);
  });
});
