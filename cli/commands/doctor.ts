import type { Command } from 'commander';
import { print, printJson, printable } from '../print.ts';

const examples = `
Examples:
  $ tidewatch doctor
  $ tidewatch doctor --json | jq '.checks[] | select(.level != "ok")'

Changes nothing, and sends no message: of Slack, PagerDuty, webhooks, mail servers and trainers it asks whether they take a connection, of
Alertmanager its page of health. All checks run at once, each for at most 10 seconds.

Exit codes: 0 if nothing is worse than a warning; 1 if something is critical; 3 if a dependency is away, whatever else was
found.`;

/** `tidewatch doctor` */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'check the environment, disks, Postgres, Temporal, the Pushgateway, channels, schedules and lag, and say what to do',
    )
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', examples)
    .action(doctor);
}

const limitMs = 10_000;

async function doctor(options: { readonly json?: true }): Promise<void> {
  const { checks } = await import('../doctor/checks.ts');
  const { exitCodeOf, runChecks } = await import('../doctor/run-checks.ts');
  const { withSources } = await import('../doctor/sources.ts');
  const outcomes = await withSources(process.env, (sources) => runChecks(checks, sources, limitMs));
  const exitCode = exitCodeOf(outcomes);
  if (options.json) printJson({ exitCode, checks: outcomes });
  else {
    const { screen } = await import('../paint.ts');
    const { doctorText } = await import('../doctor/doctor-text.ts');
    print(doctorText(printable(outcomes), screen()));
  }
  process.exitCode = exitCode;
  // What never answered would keep the process for as long as it likes.
  setTimeout(() => process.exit(), 1000).unref();
}
