import { describe, expect, it } from 'vitest';

import { escapeHtml, html, toMarkup, trusted, type Part } from '../../console/html.ts';

describe('escapeHtml', () => {
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
});

describe('html', () => {
  it('escapes texts and numbers, and takes pieces as they are', () => {
    expect(toMarkup(html`<p title="${'"'}">${['<', html`<b>${1}</b>`]}</p>`)).toBe(
      '<p title="&quot;">&lt;<b>1</b></p>',
    );
  });

  it('joins lists, lists in lists too', () => {
    expect(toMarkup(html`${['a', ['b', html`<i>&amp;</i>`]]}`)).toBe('ab<i>&amp;</i>');
  });

  it('leaves nothing where there is nothing, but shows 0', () => {
    expect(toMarkup(html`[${undefined}${false}${[]}${0}]`)).toBe('[0]');
  });

  it('keeps backslashes and dollars as they are written', () => {
    expect(toMarkup(html`${'\\n $& $1'}`)).toBe('\\n $&amp; $1');
  });

  it('leaves out how a template is indented, but nothing of what is put in', () => {
    const list = html`<ul>
      <li>${'a\n  b'}</li>
    </ul>`;
    expect(toMarkup(list)).toBe('<ul>\n<li>a\n  b</li>\n</ul>');
  });

  it('takes no data for a piece, whatever shape it has', () => {
    const forged = JSON.parse('{"markup":"<script>","Symbol(markup)":"<script>"}') as Part;
    expect(() => toMarkup(html`${forged}`)).toThrow(TypeError);
  });

  it('passes on markup that is known to be safe', () => {
    expect(toMarkup(html`<div>${trusted('<svg></svg>')}</div>`)).toBe('<div><svg></svg></div>');
  });
});
