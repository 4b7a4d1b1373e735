/** Is a weakness known of what an installation runs? */

import { execFile } from 'node:child_process';

export type AuditAnswer =
  | { readonly answer: 'nothing known' | 'not asked'; readonly words: string }
  | { readonly answer: 'known'; readonly words: string; readonly severe: boolean };

interface AuditReport {
  readonly error?: { readonly summary?: string; readonly code?: string };
  readonly message?: string;
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
}

const severe = new Set(['high', 'critical']);

/** Some registries serve no advisories: then nothing is known, which is said and is no failure. */
export function judgeAudit(text: string): AuditAnswer {
  let report: AuditReport;
  try {
    report = JSON.parse(text) as AuditReport;
  } catch {
    return { answer: 'not asked', words: `npm audit says ${text.trim().slice(0, 200) || 'nothing'}` };
  }
  if (report.vulnerabilities === undefined)
    return {
      answer: 'not asked',
      words: report.message ?? report.error?.summary ?? 'the registry has no answer',
    };
  const found = Object.entries(report.vulnerabilities).map(([name, { severity }]) => ({ name, severity }));
  if (found.length === 0) return { answer: 'nothing known', words: 'no known weakness' };
  return {
    answer: 'known',
    words: found.map(({ name, severity }) => `${name}: ${severity}`).join(', '),
    severe: found.some(({ severity }) => severe.has(severity)),
  };
}

/** Of what runs in production: what only builds and tests sees no input of others. */
export function askAudit(folder: string): Promise<AuditAnswer> {
  return new Promise((resolve) => {
    // It ends with 1 where it finds something.
    execFile('npm', ['audit', '--omit=dev', '--json'], { cwd: folder, timeout: 60_000 }, (_, stdout) =>
      resolve(judgeAudit(stdout)),
    );
  });
}
