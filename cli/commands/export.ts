import { Argument, type Command } from 'commander';

import type { ExportOptions } from '../export/run-export.ts';

const examples = `
Examples:
  $ tidewatch export drift --model bike-demand --from 2011-05-01 > drift.csv
  $ tidewatch export evaluations --format parquet --output evaluations.parquet
  $ tidewatch export drift --format openlineage --output events.jsonl

One row per result, oldest first, with its provenance: drift has a row per column and method, evaluations one per revision.
--from and --to select by the end of a window, or by when an alert or a retraining began. OpenLineage events carry the facets
dataQualityMetrics and dataQualityAssertions; a run has the same run id in every export.

Exit codes: 0; 2 for bad input; 3 if Postgres does not answer.`;

/** `tidewatch export` */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('write stored results to a file: CSV, JSON lines, Parquet or OpenLineage events')
    .addArgument(
      new Argument('<what>', 'which results').choices(['drift', 'evaluations', 'alerts', 'retrainings']),
    )
    .option('--model <name>', 'only of this model')
    .option('--from <day>', 'from this day on, or an instant on a full hour')
    .option('--to <day>', 'before this day, or an instant on a full hour')
    .addOption(
      program
        .createOption('--format <format>', 'the format')
        .choices(['csv', 'jsonl', 'parquet', 'openlineage'])
        .default('csv'),
    )
    .option('-o, --output <file>', 'write to a file (default: standard output)')
    .addHelpText('after', examples)
    .action(async (what: 'drift' | 'evaluations' | 'alerts' | 'retrainings', options: ExportOptions) => {
      const { runExport } = await import('../export/run-export.ts');
      await runExport(what, options);
    });
}
