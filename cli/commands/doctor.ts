import type { Command } from 'commander';
import { print, printJson, printable } from '../print.ts';

const examples = `
Examples:
  $ tidewatch doctor
  $ tidewatch doctor --json | jq '.checks[] | select(.level != "ok")'

Changes nothing. Each check may take 10 seconds; all are asked at once.

Exit codes: 0 where everything is fine or nothing is worse than a warning; 1 where something is critical; 3 where a
dependency is away, whatever else was found.`;

/** `tidewatch doctor` */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'does everything work: the environment, Postgres, Temporal, the Pushgateway, schedules, lag; what to do',
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
