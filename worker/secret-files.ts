/** Secrets of the environment, in variables or in files that variables name. */

import { readFileSync } from 'node:fs';

import { reasonOf } from '../core/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A problem, as `  VARIABLE: what to write`. It never repeats a value. */
export type Problems = string[];

/** Variables that hold a secret. Those of a channel may end in the name of a recipient: `SLACK_WEBHOOK_URL_ONCALL`. */
const secretVariables =
  /^(?:DATABASE_URL|TEMPORAL_API_KEY|SMTP_URL|(?:SLACK_WEBHOOK_URL|PAGERDUTY_ROUTING_KEY|WEBHOOK_URL|WEBHOOK_SECRET|ALERTMANAGER_URL)(?:_[A-Z0-9_]+)?|TIDEWATCH_CALLBACK_SECRET|TIDEWATCH_CONSOLE_(?:VIEWER_TOKEN|OPERATOR_TOKEN|SESSION_SECRET)|TIDEWATCH_OIDC_CLIENT_SECRET|PROMOTION_HOOK_SECRET|MLFLOW_TRACKING_TOKEN|SOURCE_(?:DATABASE_URL|S3_ACCESS_KEY_ID|S3_SECRET_ACCESS_KEY)(?:_[A-Z0-9_]+)?|TRAINER_[A-Z0-9_]+)$/;

/** Does a variable of this name hold a secret? */
export function isSecretVariable(name: string): boolean {
  return secretVariables.test(name);
}

/**
 * The environment with the secrets that are in files, as orchestrators mount them: `SMTP_URL_FILE=/run/secrets/smtp-url`.
 * What surrounds the text of a file, such as its last line break, does not count.
 */
export function withSecretFiles(
  environment: Environment,
  problems: Problems,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Environment {
  const secrets: Record<string, string> = {};
  for (const [variable, path = ''] of Object.entries(environment)) {
    const name = variable.replace(/_FILE$/, '');
    if (name === variable || path === '' || !secretVariables.test(name)) continue;
    if ((environment[name] ?? '') !== '')
      problems.push(`  ${variable}: ${name} is set as well; keep one of them`);
    try {
      secrets[name] = readFile(path).trim();
      if (secrets[name] === '') problems.push(`  ${variable}: the file ${path} is empty`);
    } catch (error) {
      problems.push(`  ${variable}: the file cannot be read (${reasonOf(error)})`);
    }
  }
  return { ...environment, ...secrets };
}
