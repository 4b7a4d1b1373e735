import { expect, it } from 'vitest';

import { emailPreview } from '../../../demo/pictures/email-preview.ts';

const email = {
  receivedAt: new Date(0),
  from: 'tidewatch@example.org',
  to: ['a@example.org'],
  subject: '<b>degraded</b>',
  messageId: '',
  text: '',
  html: '<p title="a">80 &lt; 90</p><script>alert(1)</script>',
  headers: { from: 'Tidewatch <tidewatch@example.org>', to: 'a@example.org' },
  attachments: [],
  raw: '',
};

it('shows the headers as text', () => {
  expect(emailPreview(email)).toContain('<dd>&lt;b&gt;degraded&lt;/b&gt;</dd>');
  expect(emailPreview(email)).toContain('<dd>Tidewatch &lt;tidewatch@example.org&gt;</dd>');
});

it('keeps the HTML part apart, and lets none of its scripts run', () => {
  expect(emailPreview(email)).toContain(
    '<iframe sandbox="" title="HTML part" srcdoc="&lt;p title=&quot;a&quot;&gt;80 &amp;lt; 90&lt;/p&gt;',
  );
  expect(emailPreview(email)).not.toContain('<script>');
});
