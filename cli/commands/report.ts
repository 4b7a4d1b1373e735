import type { Command } from 'commander';

interface Options {
  readonly model: string;
  readonly from?: string;
  readonly to?: string;
  readonly output?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidewatch report --model bike-demand --output report.html
  $ tidewatch report --model bike-demand --from 2011-05-01 --to 2011-05-20 --output may.html
  $ tidewatch report --model bike-demand --json

Exit codes: 0; 2 for bad input; 3 if Postgres does not answer.`;

/** `tidewatch report` */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('write the performance report of a model for any window, from stored results')
    .requiredOption('-m, --model <model>', 'the model')
    .option('--from <day>', 'the first day, or an hour such as 2011-05-13T06:00:00Z; in UTC')
    .option('--to <day>', 'the day after the last one, or an hour; by default the last that has predictions')
    .option('-o, --output <file>', 'the HTML file to write')
    .option('--json', 'print what the report shows as JSON')
    .addHelpText('after', examples)
    .action(report);
}

async function report(options: Options): Promise<void> {
  const { writeReportFile } = await import('../report/write-report-file.ts');
  await writeReportFile(options);
}
