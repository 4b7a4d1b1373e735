/** The messages of a demo as pages, for a browser: a real channel would show them. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { emailPreview } from './pictures/email-preview.ts';
import { slackPreview } from './pictures/slack-preview.ts';
import type { SlackMessage } from './stack/slack-endpoint.ts';
import type { ReceivedEmail } from './stack/smtp-endpoint.ts';

export interface Messages {
  readonly slack: readonly SlackMessage[];
  readonly emails: readonly ReceivedEmail[];
}

/** Writes them in the place of those of an earlier demo: all of Slack in `slack.html`, each e-mail in a file of its own. */
export async function writeMessages({ slack, emails }: Messages, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'slack.html'), slackPreview(slack));
  for (const [index, email] of emails.entries()) {
    const file = `email-${String(index + 1).padStart(2, '0')}.html`;
    await writeFile(join(directory, file), emailPreview(email));
  }
}
