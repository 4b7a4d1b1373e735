/** What must not be read in errors, whoever repeats it: servers that help to find mistakes send back what they were sent. */

/** Shorter ones are no secrets, and part of other words. */
const shortestSecret = 4;

/** Parts of a path that look like a token, not like a word. */
const token = /^(?=.*[^a-z_-]).{8,}$/;

/** All of a URL but its host, and the forms in which a user name and a password are sent: HTTP Basic, SMTP PLAIN and LOGIN. */
export function secretsOf(url: string): readonly string[] {
  const { pathname, search, searchParams, username, password } = new URL(url);
  const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return [
    url,
    `${pathname}${search}`,
    pathname,
    ...searchParams.values(),
    ...pathname.split('/').filter((part) => token.test(part)),
    ...(secret === ''
      ? []
      : [password, secret, base64(secret), base64(`${user}:${secret}`), base64(`\0${user}\0${secret}`)]),
  ];
}

/** The text with stars in the place of every secret. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(({ length }) => length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
