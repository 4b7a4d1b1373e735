/** The parts of the console. */

export interface Section {
  readonly name: string;
  readonly path: string;
}

/** In the order of the navigation. */
export const sections = {
  models: { name: 'Models', path: '/' },
  alerts: { name: 'Alerts', path: '/alerts' },
  retrainings: { name: 'Retrainings', path: '/retrainings' },
  reports: { name: 'Reports', path: '/reports' },
  monitors: { name: 'Monitors', path: '/monitors' },
  health: { name: 'Health', path: '/health' },
} as const satisfies Readonly<Record<string, Section>>;

export type SectionName = keyof typeof sections;
