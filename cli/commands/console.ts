import { once } from 'node:events';

import type { Command } from 'commander';
import { print } from '../print.ts';

const notes = `
Examples:
  $ tidewatch console
  $ TIDEWATCH_CONSOLE_PORT=8080 tidewatch console
  $ TIDEWATCH_CONSOLE_HOST=0.0.0.0 TIDEWATCH_CONSOLE_OPERATOR_TOKEN_FILE=/run/secrets/console tidewatch console
  $ TIDEWATCH_CONSOLE_URL=https://tidewatch.example.org TIDEWATCH_OIDC_ISSUER=https://sso.example.org \\
      TIDEWATCH_OIDC_CLIENT_ID=tidewatch TIDEWATCH_OIDC_CLIENT_SECRET_FILE=/run/secrets/oidc \\
      TIDEWATCH_OIDC_OPERATORS=ml-operators TIDEWATCH_OIDC_VIEWERS=ml-viewers tidewatch console

It listens on 127.0.0.1 unless TIDEWATCH_CONSOLE_HOST says otherwise; beyond loopback, people sign in by token or at an OpenID
provider (docs/console.md). With TIDEWATCH_CONSOLE=on, a worker serves it too.

Exit codes: 0 after SIGINT or SIGTERM; 2 if it cannot listen or the environment is not valid.`;

/** `tidewatch console` */
export function addConsole(program: Command): void {
  program
    .command('console')
    .description('serve the web pages: models, alerts, retrainings, health')
    .addHelpText('after', notes)
    .action(serveConsole);
}

async function serveConsole(): Promise<void> {
  const { readConfiguration } = await import('../../worker/configuration.ts');
  const configuration = readConfiguration(process.env);
  const { startConsole } = await import('../../worker/console.ts');
  const { guardOutgoing } = await import('../../worker/outgoing-guard.ts');
  const { openLogger } = await import('../../worker/logger.ts');
  const { userName } = await import('../../worker/user-name.ts');
  guardOutgoing(configuration.outgoing);
  const open = await startConsole(
    configuration,
    userName(),
    openLogger(configuration.logLevel, configuration.secrets),
  );
  print(`the console is at ${configuration.console.url ?? open.url}`);
  const interrupted = new AbortController();
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal, interrupted)));
  interrupted.abort();
  await open.close();
}
