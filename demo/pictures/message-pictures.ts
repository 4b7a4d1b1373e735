/** The pictures of what people are told: the e-mail and the Slack messages that arrived. */

import type { Studio } from './studio.ts';
import { expectTexts, takePicture } from './studio.ts';
import { emailPreview } from './email-preview.ts';
import { slackPreview } from './slack-preview.ts';

/** The e-mail about the first critical degradation. Its link must lead to the run. */
export async function pictureEmail(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const emails = demo.stack.smtp!.messages();
  const email = emails.find(({ subject }) =>
    subject.startsWith('[critical] bike-demand is degraded: RMSE over 7 days'),
  );
  if (email === undefined) {
    const subjects = emails.map(({ subject }) => subject).join('\n');
    throw new Error(
      `an e-mail about the critical degradation should have arrived; those that did:\n${subjects}`,
    );
  }
  const reason = email.subject.replace(/^.*? is degraded: /, '');
  await page.setContent(emailPreview(email));
  await expectTexts('the e-mail', page.locator('main'), [email.subject, 'bikes-oncall@example.org']);
  const frame = page.frameLocator('iframe');
  const body = frame.locator('body');
  const facts = [
    'CRITICAL',
    'bike-demand is degraded',
    reason,
    'Model version',
    '2011-03-01',
    'As of 2011-04-',
  ];
  await expectTexts("the e-mail's HTML part", body, facts);
  for (const fact of facts) {
    if (!email.text.includes(fact))
      throw new Error(`the text part of the e-mail lacks what its HTML part says: ${fact}`);
  }
  const link = await frame.getByRole('link', { name: 'Open the run in Temporal' }).getAttribute('href');
  // A mail program shows the whole message.
  const height = (await frame.locator('body > table').boundingBox())!.height + 48;
  await page.locator('iframe').evaluate((element, pixels) => (element.style.height = `${pixels}px`), height);
  await takePicture(studio, 'email.png', [page.locator('main')]);

  await page.goto(link!);
  await expectTexts('the run that the e-mail links', page.locator('body'), ['Completed', 'degradationCheck']);
}

/** One message each of a drift, of a critical degradation and of the promotion that ended it. */
export async function pictureSlack(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const messages = demo.stack.slack!.messages();
  const wanted = [
    'bike-demand has data drift',
    'CRITICAL bike-demand is degraded',
    'bike-demand has a new champion',
  ];
  const chosen = wanted.map((words) => {
    const message = messages.find(({ body }) => JSON.stringify(body).includes(words));
    if (message === undefined) throw new Error(`a Slack message "${words}" should have arrived`);
    return message;
  });
  await page.setContent(slackPreview(chosen));
  await expectTexts('the Slack messages', page.locator('main'), [
    ...wanted,
    /\d of 5 features drifted/,
    /RMSE over 7 days [\d.]+ is above 65/,
    /challenger RMSE [\d.]+ against [\d.]+/,
    'Open the run in Temporal',
  ]);
  await takePicture(studio, 'slack.png', [page.locator('main')]);
}
