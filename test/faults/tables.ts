/** What was injected and what came of it, as tables for a terminal. */

import Table from 'cli-table3';

import type { Injected, Unmet } from './injector.ts';
import type { Round } from './run.ts';
import { targets } from './targets.ts';

const style = { head: [], border: [], compact: true };

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

function byKind(rounds: readonly Round[]): [string, Injected[]][] {
  const groups = new Map<string, Injected[]>();
  for (const fault of rounds.flatMap(({ faults }) => faults)) {
    const { name } = fault.kind;
    groups.set(name, [...(groups.get(name) ?? []), fault]);
  }
  return [...groups];
}

/** One row a kind: how often, and how long until the next activity was done; losses are of rounds, which have many faults. */
export function kindTable(rounds: readonly Round[]): string {
  const groups = byKind(rounds);
  const table = new Table({ head: ['fault', 'times', 'recovered in, s (median)', 'longest'], style });
  for (const [name, faults] of groups.sort(([one], [other]) => one.localeCompare(other))) {
    const times = faults.flatMap(({ recoveredMs }) => recoveredMs ?? []);
    const seconds = (value: number): string => (value / 1_000).toFixed(1);
    table.push([
      name,
      faults.length,
      times.length === 0 ? '' : seconds(median(times)),
      times.length === 0 ? '' : seconds(Math.max(...times)),
    ]);
  }
  const lost = rounds.flatMap(({ differences }) => differences.flatMap(({ lost }) => lost)).length;
  const duplicated = rounds.flatMap(({ differences }) =>
    differences.flatMap(({ duplicated }) => duplicated),
  ).length;
  const repeated = rounds.reduce(
    (sum, { outcome: { repeated } }) => sum + repeated.slack + repeated.email,
    0,
  );
  const count = rounds.reduce((sum, { faults }) => sum + faults.length, 0);
  return (
    `${table.toString()}\n${count} faults of ${groups.length} kinds in ${rounds.length} rounds: ${lost} lost, ${duplicated} duplicated; ` +
    `${repeated} messages came twice where nobody could know that they had arrived`
  );
}

/** Where the time of rounds went: their phases, the starts of workers, and each kind from its turn until its end, the longest first. */
export function timeTable(rounds: readonly Round[]): string {
  const phases = new Table({ head: ['phase', 'seconds'], style });
  for (const { name, seconds } of rounds.flatMap(({ phases }) => phases))
    phases.push([name, seconds.toFixed(1)]);
  const starts = rounds.flatMap(({ workerStartsMs }) => workerStartsMs);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const kinds = new Table({ head: ['fault', 'times', 'until its end, s', 'and recovered, s'], style });
  for (const [name, faults] of byKind(rounds).sort(([, one], [, other]) => took(other) - took(one)))
    kinds.push([
      name,
      faults.length,
      (took(faults) / 1_000).toFixed(1),
      (sum(faults.map(({ recoveredMs }) => recoveredMs ?? 0)) / 1_000).toFixed(1),
    ]);
  return `${phases.toString()}\n${starts.length} starts of workers, ${(sum(starts) / 1_000).toFixed(1)} s in all\n${kinds.toString()}`;
}

const took = (faults: readonly Injected[]): number => faults.reduce((sum, { tookMs }) => sum + tookMs, 0);

/** Kinds of which none has met its moment, and why. */
export function unmetText(faults: readonly Injected[], unmet: readonly Unmet[]): string {
  const met = new Set(faults.map(({ kind }) => kind.name));
  const reasons = new Map(unmet.map(({ kind, reason }) => [kind.name, reason]));
  const never = [...reasons]
    .filter(([name]) => !met.has(name))
    .map(([name, reason]) => `${name} (${reason})`);
  return never.length === 0 ? '' : `not met: ${never.join('; ')}\n`;
}

/** Which activities were met by what. */
export function coverageTable(faults: readonly Injected[]): string {
  const met = faults.filter(({ activity }) => activity !== undefined);
  const names = [...new Set(met.map(({ kind }) => kind.name))].sort();
  const activities = [...new Set([...targets, ...met.map(({ activity }) => activity!)])];
  const table = new Table({ head: ['activity', ...names.map((_, i) => String(i + 1))], style });
  for (const activity of activities) {
    const counts = names.map(
      (name) => met.filter((fault) => fault.activity === activity && fault.kind.name === name).length,
    );
    table.push([activity, ...counts.map((count) => (count === 0 ? '' : count))]);
  }
  return `${table.toString()}\n${names.map((name, i) => `${i + 1} ${name}`).join('; ')}`;
}
