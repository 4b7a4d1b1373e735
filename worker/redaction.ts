/** What no output may say, whoever repeats it: the secrets of the environment. */

import { withoutSecrets } from '../activities/alerts/secrets.ts';
import { isSecretVariable, type Environment } from './secret-files.ts';

/** A shorter one is part of other words, and would be guessed anyway. */
const shortest = 8;

/** Each in the forms in which it is sent and repeated: as it is, in a URL, in JSON, in base64. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
  ];
}

function secretsOfUrl(text: string): string[] {
  const { username, password, pathname, searchParams, protocol } = new URL(text);
  const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  const basic = secret === '' ? [] : [secret, `${user}:${secret}`, `\0${user}\0${secret}`];
  // The path of a database or a mail server is a name; that of a webhook is its secret.
  const path = /^https?:$/.test(protocol)
    ? [...searchParams.values(), ...pathname.split('/').filter((part) => /^(?=.*[^a-z_-]).{8,}$/.test(part))]
    : [];
  // One that is the name of its user is no secret, and would be a hole in every sentence with that name.
  return [...(secret === user ? [] : basic), ...path];
}

/** Of several words each is a secret: keys that are being replaced, and what follows `Bearer`. */
const listVariables = /^(?:WEBHOOK_SECRET|PROMOTION_HOOK_SECRET|TIDEWATCH_CALLBACK_SECRET|TRAINER_)/;

/** Every secret in the variables that hold one, and the passwords in any other URL. */
export function environmentSecrets(environment: Environment): readonly string[] {
  const found = Object.entries(environment).flatMap(([name, value = '']) => {
    const urls = value
      .split(',')
      .filter((part) => /^\w+:\/\//.test(part.trim()) && URL.canParse(part.trim()));
    if (urls.length > 0) return urls.flatMap((url) => secretsOfUrl(url.trim()));
    if (name === 'OTEL_EXPORTER_OTLP_HEADERS')
      return value.split(',').map((pair) => pair.replace(/^[^=]*=/, ''));
    if (!isSecretVariable(name)) return [];
    const parts = listVariables.test(name) ? value.split(/\s+/) : [];
    return [value, ...parts].flatMap((secret) => [secret, secret.replace(/^whsec_/, '')]);
  });
  const secrets = found.filter(({ length }) => length >= shortest).flatMap(formsOf);
  return [...new Set(secrets)].toSorted((a, b) => b.length - a.length);
}

/** An error with no secret in its words, its stack and its causes. It stays the same error. */
export function redacted<T>(error: T, secrets: readonly string[]): T {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 10; one = one.cause, depth += 1) {
    const { message, stack } = one;
    const clean = withoutSecrets(message, secrets);
    if (clean !== message) one.message = clean;
    if (stack !== undefined && secrets.some((secret) => stack.includes(secret)))
      one.stack = withoutSecrets(stack, secrets);
  }
  return error;
}

/** The same value with no secret in any text of it. */
export function redactedValue<T>(value: T, secrets: readonly string[]): T {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined || secrets.length === 0) return value;
  return JSON.parse(text, (_, part: unknown) =>
    typeof part === 'string' ? withoutSecrets(part, secrets) : part,
  ) as T;
}
