/** What is shown of importances: in the result of a run, and in its report. */

import type { ReportedImportances } from '../../console/drift-report/drift-report.ts';
import { shiftInWords } from '../../core/importance/importance-shift.ts';
import { formatDay } from '../../core/window.ts';
import type { WindowImportances } from './find-importances.ts';

/** JSON-safe. */
export interface ImportanceSummary {
  /** Whose importances weigh the verdict, or why it is not weighed. */
  readonly weighing: string;
  /** How they have moved in time and since the version before; empty where there is nothing to compare. */
  readonly shifts: readonly string[];
  /** Feature -> how its drift goes together with the model's error; only those that do. */
  readonly driftAndError: Readonly<Record<string, string>>;
}

/** The importances of a run as its result has them. */
export function summarizeImportances({
  weighing,
  shifts,
  driftAndError,
}: WindowImportances): ImportanceSummary {
  return {
    weighing: weighingInWords(weighing),
    shifts: shifts.map(shiftInWords),
    driftAndError: Object.fromEntries(
      driftAndError
        .filter(({ related }) => related === 'yes')
        .map(({ feature, reason }) => [feature, reason.slice(`${feature}: `.length)]),
    ),
  };
}

/** The same as a report has them: a row a feature, the most important first. */
export function importancesToReport({
  weighing,
  shifts,
  driftAndError,
}: WindowImportances): ReportedImportances {
  const shares = 'importances' in weighing ? weighing.importances : {};
  const before = (since: 'time' | 'version', feature: string): { [Key in typeof since]?: number } => {
    const found = shifts.find((one) => one.since === since)?.before.importances[feature];
    return found === undefined ? {} : { [since]: found };
  };
  const names = new Set([...Object.keys(shares), ...driftAndError.map(({ feature }) => feature)]);
  return {
    description: weighingInWords(weighing),
    shifts: shifts.map(shiftInWords),
    features: [...names]
      .map((feature) => {
        const found = driftAndError.find((one) => one.feature === feature);
        return {
          feature,
          ...(shares[feature] !== undefined && { importance: shares[feature] }),
          before: { ...before('time', feature), ...before('version', feature) },
          ...(found !== undefined && { driftAndError: found.reason.slice(`${feature}: `.length) }),
        };
      })
      .sort((a, b) => (b.importance ?? 0) - (a.importance ?? 0)),
  };
}

/** @example 'version 2011-04-24, as its trainer reported on 2011-04-24' */
function weighingInWords(weighing: WindowImportances['weighing']): string {
  if ('notComputable' in weighing)
    return `not known, each feature counts the same (${weighing.notComputable})`;
  const { version, source, asOf } = weighing;
  return source === 'trainer'
    ? `version ${version}, as its trainer reported on ${formatDay(asOf)}`
    : `version ${version}, by permutation on its outcomes of the four weeks before ${formatDay(asOf)}`;
}
