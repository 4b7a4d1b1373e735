/** What the environment says of channels. */

import type { ChannelSettings, Named } from '../activities/alerts/channels.ts';
import { pagerDutyEventsUrl } from '../activities/alerts/pagerduty.ts';
import type { Environment, Problems } from './secret-files.ts';

/** @param email from variables that are checked elsewhere */
export function readChannels(
  environment: Environment,
  email: ChannelSettings['email'],
  problems: Problems,
): ChannelSettings {
  const values = (prefix: string): Named<NamedValue> => namedValues(environment, prefix);
  const eventsUrl = environment['PAGERDUTY_EVENTS_URL'] || pagerDutyEventsUrl;
  problems.push(...urlProblems('PAGERDUTY_EVENTS_URL', eventsUrl, 'https'));
  const secrets = values('WEBHOOK_SECRET');
  return {
    slack: mapNamed(values('SLACK_WEBHOOK_URL'), ({ variable, value: webhookUrl }) => {
      problems.push(...urlProblems(variable, webhookUrl, 'https'));
      return { webhookUrl };
    }),
    pagerduty: mapNamed(values('PAGERDUTY_ROUTING_KEY'), ({ variable, value: routingKey }) => {
      if (!/^[A-Za-z0-9]{32}$/.test(routingKey))
        problems.push(
          `  ${variable}: write the integration key of an "Events API V2" integration, 32 letters and digits`,
        );
      return { routingKey, eventsUrl };
    }),
    webhook: mapNamed(values('WEBHOOK_URL'), ({ variable, value: url }, name) => {
      problems.push(...urlProblems(variable, url, 'https'));
      const secret = secrets[name] ?? secrets['default'];
      problems.push(...secretProblems(variable.replace('URL', 'SECRET'), secret?.value));
      return { url, secrets: secret?.value.split(/\s+/) ?? [] };
    }),
    alertmanager: mapNamed(values('ALERTMANAGER_URL'), ({ variable, value }) => {
      const urls = value.split(',').map((url) => url.trim());
      problems.push(...urls.flatMap((url) => urlProblems(variable, url, 'http without a password')));
      return { urls };
    }),
    ...(email !== undefined && { email }),
  };
}

interface NamedValue {
  readonly variable: string;
  readonly value: string;
}

/** `PREFIX` is the value of `default`, `PREFIX_ON_CALL` that of `on-call`. */
function namedValues(environment: Environment, prefix: string): Named<NamedValue> {
  const found: Record<string, NamedValue> = {};
  for (const [variable, value = ''] of Object.entries(environment)) {
    const suffix = variable.slice(prefix.length);
    if (value === '' || !variable.startsWith(prefix) || !/^(?:_[A-Z0-9_]+)?$/.test(suffix)) continue;
    if (suffix === '_FILE' || suffix.endsWith('_FILE')) continue;
    const name = suffix === '' ? 'default' : suffix.slice(1).toLowerCase().replaceAll('_', '-');
    found[name] = { variable, value };
  }
  return found;
}

function mapNamed<T>(values: Named<NamedValue>, make: (value: NamedValue, name: string) => T): Named<T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value, name)]));
}

/** A message, and the secret in its address, is not for whoever listens on the way; Alertmanager has no secret there. */
function urlProblems(variable: string, text: string, least: 'https' | 'http without a password'): Problems {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return [`  ${variable}: write a URL that begins with https://`];
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return [];
  if (least === 'https')
    return [`  ${variable}: write https:// in the place of http://, which anybody on the way can read`];
  if (url.username === '' && url.password === '') return [];
  return [
    `  ${variable}: write https:// in the place of http:// with a password, which anybody on the way can read`,
  ];
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

const secretForm = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Bytes, as Standard Webhooks has it. */
const secretLength = { least: 24, most: 64 } as const;

/** What is wrong with the secrets that webhooks are signed with, of which there must be one. */
export function secretProblems(variable: string, secrets: string | undefined): Problems {
  const areGood = secrets?.split(/\s+/).every((secret) => {
    const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length;
    return secretForm.test(secret) && bytes >= secretLength.least && bytes <= secretLength.most;
  });
  if (areGood === true) return [];
  return [
    `  ${variable}: ${secrets === undefined ? 'is missing; ' : ''}write whsec_ and 24 to 64 bytes in base64, for example "whsec_$(openssl rand -base64 32)"`,
  ];
}
