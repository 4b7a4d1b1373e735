/** Real channels to a Slack and a mail server of the test's own. */

import { openEmail } from '../../activities/alerts/email.ts';
import { openSlack } from '../../activities/alerts/slack.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import type { SlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { startSlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import type { SmtpEndpoint } from '../../demo/stack/smtp-endpoint.ts';
import { startSmtpEndpoint } from '../../demo/stack/smtp-endpoint.ts';

export interface TestChannels {
  readonly channels: ActivityDependencies['channels'];
  readonly slack: SlackEndpoint;
  readonly smtp: SmtpEndpoint;
  /** What has been told since the last call: the text of each Slack message, the subject of each e-mail. */
  told(): { readonly slack: readonly string[]; readonly emails: readonly string[] };
  stop(): Promise<void>;
}

export async function startTestChannels(): Promise<TestChannels> {
  const [slack, smtp] = await Promise.all([startSlackEndpoint(), startSmtpEndpoint()]);
  const seen = { slack: 0, emails: 0 };
  return {
    channels: {
      slack: openSlack({ webhookUrl: slack.url }),
      email: openEmail({ smtpUrl: smtp.url, from: 'Tidewatch <tidewatch@example.org>' }),
    },
    slack,
    smtp,
    told: () => {
      const texts = slack.messages().slice(seen.slack);
      const emails = smtp.messages().slice(seen.emails);
      seen.slack += texts.length;
      seen.emails += emails.length;
      return {
        slack: texts.map(({ body }) => String(body['text'])),
        emails: emails.map(({ subject }) => subject),
      };
    },
    stop: async () => {
      await Promise.all([slack.stop(), smtp.stop()]);
    },
  };
}
