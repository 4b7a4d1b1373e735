/** Owns `nodemailer`: how an alert, or a report, gets into a mailbox. */

import { rootCertificates } from 'node:tls';

import { createTransport } from 'nodemailer';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { tlsFaultOf, type TlsFault } from '../../core/tls-fault.ts';
import type { Channel } from './channel.ts';
import { deliveryFailed, deliveryRefused } from './delivery-error.ts';
import { emailMessage, type EmailMessage } from './email-message.ts';
import { secretsOf, withoutSecrets } from './secrets.ts';

/**
 * A recipient is a list of addresses, `'a@example.org, b@example.org'`, that get one message. Addresses that the server
 * refused while it took the message for others are noted.
 */
export interface EmailChannel extends Channel {
  /**
   * Sends a report to one address.
   *
   * @throws TidewatchError `REPORT_NOT_SENT` when the server did not take it
   */
  sendReport(report: ReportEmail, address: string): Promise<void>;
}

/** A report as an e-mail; `make` it for the domain that it is sent from. */
export interface ReportEmail {
  readonly model: string;
  readonly make: (domain: string) => ReportMessage;
}

export interface ReportMessage extends Omit<EmailMessage, 'references' | 'attachments'> {
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: Buffer;
    /** Of a picture that the HTML shows as `cid:<it>`. */
    readonly cid?: string;
  }[];
}

/** `required`: nothing is sent to a server that does not offer TLS. */
export type SmtpTls = 'required' | 'when offered';

export interface EmailOptions {
  /** `smtp://user:password@host:port`, or `smtps://` for TLS from the start. */
  readonly smtpUrl: string;
  /** `Tidewatch <tidewatch@example.org>` */
  readonly from: string;
  /** By default, required where the URL has a password and leads off this machine. */
  readonly tls?: SmtpTls | undefined;
  /** PEM, beside the authorities that every system knows. */
  readonly authorities?: string | undefined;
}

/** For connecting, for the greeting, and for each answer after it. */
const timeoutMs = 10_000;

/** What may be wrong with TLS, and where it is set right. */
const tlsRemedies: Readonly<Record<TlsFault, string>> = {
  authority: 'let SMTP_CA_FILE name the certificate of the authority that has signed it',
  expired: 'let whoever runs the server renew it, and see that the clocks agree',
  name: 'write in SMTP_URL the name that it is for',
  'client certificate': 'let the server take mail without one',
  'not offered': 'write SMTP_URL with the port where it does, or SMTP_TLS=when-offered to send in plain text',
};

/** `reasonOf`, with what to do where TLS is what is wrong. */
function smtpReason(error: unknown): string {
  const fault = tlsFaultOf(error);
  return fault === undefined
    ? reasonOf(error)
    : `${fault.words}; ${tlsRemedies[fault.fault]} (${reasonOf(error)})`;
}

/** A password must not be read by whoever sits between and hides that the server offers TLS. */
function tlsByDefault(smtpUrl: string): SmtpTls {
  const { password, hostname } = new URL(smtpUrl);
  return password !== '' && !/^(?:localhost|127\.|\[::1\])/.test(hostname) ? 'required' : 'when offered';
}

export function openEmail({
  smtpUrl,
  from,
  tls = tlsByDefault(smtpUrl),
  authorities,
}: EmailOptions): EmailChannel {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    requireTLS: tls === 'required',
    ...(authorities !== undefined && { tls: { ca: [...rootCertificates, authorities] } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    sends: 'message',
    async send(message, recipient) {
      const { references, ...content } = emailMessage(message, domain);
      try {
        const sent = await transport.sendMail({
          from,
          to: recipient.split(', ').map((address) => ({ name: '', address })),
          ...withInlinePictures(content),
          references,
          inReplyTo: references,
          // Keeps vacation notices from answering.
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return sent.rejected.length === 0 ? {} : { notice: `refused for ${sent.rejected.join(', ')}` };
      } catch (error) {
        const attempt = { channel: 'email', recipient, message, secrets: secretsOf(smtpUrl) } as const;
        throw isPermanent(error)
          ? deliveryRefused(attempt, smtpReason(error))
          : deliveryFailed(attempt, smtpReason(error));
      }
    },
    async sendReport({ model, make }, address) {
      try {
        await transport.sendMail({
          from,
          to: { name: '', address },
          ...withInlinePictures(make(domain)),
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        // No cause is kept: it may hold the password.
        const reason = withoutSecrets(smtpReason(error), secretsOf(smtpUrl));
        throw new TidewatchError('REPORT_NOT_SENT', { model, reason });
      }
    },
  };
}

/** What has a content id is shown where the HTML names it, and not below. */
function withInlinePictures<Content extends Pick<ReportMessage, 'attachments'>>(content: Content) {
  return {
    ...content,
    attachments: content.attachments.map(({ cid, ...attachment }) => ({
      ...attachment,
      ...(cid === undefined ? {} : { cid, contentDisposition: 'inline' as const }),
    })),
  };
}

/** A server that answers 5xx will say so again: unknown mailboxes, a password that is wrong, a message that it does not want. */
function isPermanent(error: unknown): boolean {
  const { responseCode, rejectedErrors = [] } = error as {
    readonly responseCode?: number;
    /** One a refused recipient. */
    readonly rejectedErrors?: readonly { readonly responseCode?: number }[];
  };
  const codes =
    rejectedErrors.length > 0 ? rejectedErrors.map((refusal) => refusal.responseCode) : [responseCode];
  return codes.every((code) => code !== undefined && code >= 500);
}
