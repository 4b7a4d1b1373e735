/** The parts of the console. */

import type { Role } from '../server/access/roles.ts';

export interface Section {
  readonly name: string;
  readonly path: string;
  /** Absent: of everybody. */
  readonly role?: Role;
}

/** In the order of the navigation. */
export const sections = {
  models: { name: 'Models', path: '/' },
  alerts: { name: 'Alerts', path: '/alerts' },
  retrainings: { name: 'Retrainings', path: '/retrainings' },
  reports: { name: 'Reports', path: '/reports' },
  monitors: { name: 'Monitors', path: '/monitors' },
  health: { name: 'Health', path: '/health' },
  audit: { name: 'Audit', path: '/audit', role: 'operator' },
} as const satisfies Readonly<Record<string, Section>>;

export type SectionName = keyof typeof sections;
