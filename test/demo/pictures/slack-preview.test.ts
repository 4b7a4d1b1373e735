import { describe, expect, it } from 'vitest';

import { slackPreview } from '../../../demo/pictures/slack-preview.ts';

const receivedAt = new Date('2026-01-02T03:04:05Z');

/** The page of one message, without its style sheet. */
function preview(body: unknown): string {
  return slackPreview([{ receivedAt, body }]).replace(/<style>[\s\S]*<\/style>/, '');
}

function section(text: string): unknown {
  return { blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}

describe('slackPreview', () => {
  it('shows the text, and below it the attachment with its colour', () => {
    const html = preview({
      text: 'bike-demand is degraded',
      attachments: [
        {
          color: '#cf222e',
          blocks: [
            { type: 'header', text: { type: 'plain_text', text: 'CRITICAL', emoji: false } },
            { type: 'section', fields: [{ type: 'mrkdwn', verbatim: true, text: '*Version*\n7' }] },
            { type: 'context', elements: [{ type: 'mrkdwn', text: 'as of today' }] },
          ],
        },
      ],
    });
    expect(html).toMatch(/<p>bike-demand is degraded<\/p>.*background:#cf222e.*<h3>CRITICAL<\/h3>/s);
    expect(html).toContain('<div class="fields"><div><b>Version</b>\n7</div></div>');
    expect(html).toContain('<p class="context">as of today</p>');
    expect(html).toContain('<time>03:04</time>');
  });

  it('hides the text, as Slack does, where blocks stand beside it but not where they are in an attachment', () => {
    const blocks = [{ type: 'divider' }];
    expect(preview({ text: 'only for the notification', blocks })).not.toContain('only for the notification');
    expect(preview({ text: 'shown above', attachments: [{ blocks }] })).toContain('<p>shown above</p>');
  });

  it.each([
    ['mrkdwn text', section('<script>alert(1)</script>')],
    ['mrkdwn entities', section('&lt;script&gt;alert(1)&lt;/script&gt;')],
    [
      'plain text',
      { blocks: [{ type: 'header', text: { type: 'plain_text', text: '<script>alert(1)</script>' } }] },
    ],
    ['the message text', { text: 'a & b <script>alert(1)</script>' }],
    ['the label of a link', section('<https://example.org|&lt;script&gt;>')],
  ])('makes no markup of %s', (_, body) => {
    expect(preview(body)).not.toMatch(/<\/?script/i);
  });

  it('shows the three entities of Slack as the characters that they stand for, once', () => {
    expect(preview(section('1 &lt; 2 &amp;amp; "3"'))).toContain('<p>1 &lt; 2 &amp;amp; &quot;3&quot;</p>');
  });

  it('keeps a URL inside its attribute', () => {
    expect(preview(section('<https://example.org/?a=1&amp;b="onclick=alert(1)|the run>'))).toContain(
      '<a href="https://example.org/?a=1&amp;b=&quot;onclick=alert(1)">the run</a>',
    );
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])('makes no link of %s', (url) => {
    const html = preview({
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `<${url}|label>` } },
        { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url }] },
      ],
    });
    expect(html).not.toContain('href');
    expect(html).toMatch(/label.*Open/s);
  });

  it('takes no colour that could leave its style', () => {
    expect(preview({ attachments: [{ color: 'red;background:url(https://example.org)' }] })).toContain(
      'style="background:#dddddd"',
    );
    expect(preview({ attachments: [{ color: 'danger' }] })).toContain('style="background:#a30200"');
  });

  it('formats bold, italic, struck and code', () => {
    expect(preview(section('*a b* _c_ ~d~ `e`'))).toContain(
      '<p><b>a b</b> <i>c</i> <s>d</s> <code>e</code></p>',
    );
  });

  it('leaves marks inside words, alone, or behind a word joiner as they are', () => {
    const text = 'snake_case_name 2 * 3 * 4 *\u2060not bold*';
    expect(preview(section(text))).toContain(`<p>${text}</p>`);
  });

  it('shows what would mention people', () => {
    expect(preview(section('<!here> <@U123>'))).toContain('<mark>@here</mark> <mark>@U123</mark>');
  });

  it.each([
    ['block', { blocks: [{ type: 'image', image_url: 'https://example.org/a.png' }] }],
    ['part of a block', { blocks: [{ type: 'section', accessory: { type: 'button' } }] }],
    ['part of an attachment', { attachments: [{ title: 'degraded' }] }],
    ['part of a message', { username: 'Tidewatch' }],
  ])('refuses a %s that it cannot draw, rather than hide it', (_, body) => {
    expect(() => preview(body)).toThrow('this Slack message cannot be drawn');
  });
});
