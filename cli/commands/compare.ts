import type { Command } from 'commander';

import { nameList } from '../name-list.ts';
import { tableNote } from '../table-note.ts';
import type { CompareOptions } from '../compare/request.ts';

const examples = `
Examples:
  $ tidewatch compare --reference january.parquet --current february.parquet
  $ tidewatch compare --reference january.csv --current february.csv --json
  $ tidewatch compare --reference a.csv --current b.csv --format html --output drift.html
  $ tidewatch compare --reference a.csv --current b.csv --fail-on-drift --format junit --output drift.xml
  $ tidewatch compare --reference a.csv --current b.csv --method hum=ks --threshold hum=0.01 --categorical season
  $ tidewatch compare --reference a.csv --current b.csv --preset regression --actual cnt --prediction predicted

Methods:
  numbers     kolmogorov-smirnov (ks), anderson-darling, cramer-von-mises, wasserstein, energy-distance
  categories  chi-squared, g-test, fisher-exact, two-proportion-z
  both        population-stability-index (psi), kullback-leibler (kl), jensen-shannon, hellinger, total-variation,
              l-infinity

Thresholds:
  a p-value, 0 to 1: drift below it                 kolmogorov-smirnov, anderson-darling, cramer-von-mises,
                                                    chi-squared, g-test, fisher-exact, two-proportion-z
  standard deviations: drift at or above it         wasserstein
  a distance, 0 to 1: drift at or above it          energy-distance, jensen-shannon, hellinger, total-variation,
                                                    l-infinity
  a divergence, 0 upwards: drift at or above it     population-stability-index, kullback-leibler

Rows are assumed to be independent. In a time series they are not: expect small p-values without any fault. The server learns
from past windows how much they usually differ.

Exit codes: 0; 1 with --fail-on-drift if anything drifted, an expectation failed, or a column of the reference is gone, empty,
of another type or missing in many more rows; 2 for bad input, or with --fail-on-drift if nothing could be judged; 3 if
Postgres does not answer.`;

/** `tidewatch compare` */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('compare two CSV or Parquet files, or tables, column by column; needs no server')
    .option('-r, --reference <table>', 'the rows of accepted quality')
    .option('--profile <file>', 'a profile of those rows instead, from `tidewatch profile write`')
    .requiredOption('-c, --current <table>', 'the rows to compare with them')
    .addOption(
      program
        .createOption('--format <format>', 'how to print the report (default: table)')
        .choices(['table', 'json', 'html', 'junit']),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'write the report to a file')
    .option('--fail-on-drift', 'exit with code 1 if anything drifted, is missing, or failed an expectation')
    .option('--columns <names>', 'only these columns, comma-separated', nameList)
    .option('--categorical <names>', 'compare the values of these columns as categories', nameList)
    .option('--continuous <names>', 'compare the values of these columns as numbers', nameList)
    .option('--method <method...>', 'the deciding method for all columns, or <column>=<method>')
    .option(
      '--threshold <number...>',
      'a fixed threshold instead of p-value and effect, in the unit of the method: for all columns, or <column>=<number>',
    )
    .option('--statistics <names>', 'compute only these methods beside the deciding ones', nameList)
    .option('--alpha <number>', 'the accepted share of false alarms among all alarms (default: 0.05)')
    .addOption(
      program
        .createOption('--compat <tool>', 'use the methods, numbers and thresholds of this tool')
        .choices(['evidently']),
    )
    .addOption(
      program
        .createOption(
          '--preset <preset>',
          'what to report beside the drift of all columns: actuals-drift names the actual; regression and classification show performance without judging it; stability checks columns against --expectations',
        )
        .choices(['data-drift', 'actuals-drift', 'regression', 'classification', 'stability'])
        .default('data-drift'),
    )
    .option('--actual <column>', 'the column of actuals, for a preset')
    .option('--prediction <column>', 'the column of predictions, for a preset')
    .option(
      '--interval <low,high>',
      "regression: the columns with the bounds of each prediction's interval",
      nameList,
    )
    .option(
      '--interval-levels <low,high>',
      'the quantiles that these bounds stand for (default: 0.05,0.95, a 90% interval)',
    )
    .option('--probability <column>', 'classification: the column with the probability of the positive class')
    .option('--positive-class <class>', 'classification: the positive class; by default the last one by name')
    .option(
      '--expectations <file>',
      'check the current rows against this suite, too; see `tidewatch init --expectations`',
    )
    .addHelpText('after', tableNote)
    .addHelpText('after', examples)
    .action(compare);
}

async function compare(options: CompareOptions): Promise<void> {
  const { requestOf } = await import('../compare/request.ts');
  const request = requestOf(options);
  const { conclude, runComparison } = await import('../compare/run-comparison.ts');
  process.exitCode = await conclude(request, await runComparison(request));
}
