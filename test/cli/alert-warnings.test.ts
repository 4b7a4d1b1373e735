import { expect, it } from 'vitest';

import { misfitWarnings, overWarnings, ownRouteWarnings, watchedAfter } from '../../cli/alert-warnings.ts';
import { installationSettingsSchema } from '../../core/alert/installation-settings.ts';
import { routeSchema } from '../../core/alert/route-settings.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';

const watched = [
  { model: 'house-prices', labels: { team: 'homes' } },
  { model: 'bike-demand', labels: { team: 'bikes', tier: 'gold' } },
];

it.each<[string, object, readonly string[]]>([
  ['one that fits', { model: 'bike-*', labels: { team: ['bikes', 'homes'] } }, []],
  ['one for all', {}, []],
  [
    'a misspelt model',
    { model: 'house-price' },
    ['route 1: model "house-price" fits no monitor; did you mean "house-prices"?'],
  ],
  ['a pattern', { model: ['bike-*', 'nosuch-*'] }, ['route 1: model "nosuch-*" fits no monitor']],
  [
    'a misspelt label',
    { labels: { teem: 'bikes' } },
    ['route 1: no monitor has a label "teem"; did you mean "team"?'],
  ],
  [
    'a value that no monitor has',
    { labels: { team: ['bikes', 'home'] } },
    ['route 1: no monitor has the label team: "home"; did you mean "homes"?'],
  ],
  [
    'a model without its labels',
    { model: 'house-prices', labels: { tier: 'gold' } },
    ['route 1 fits no monitor: none has both its model and its labels'],
  ],
])('warns of a route by what it fits: %s', (_, filter, warnings) => {
  const settings = installationSettingsSchema.parse({ routes: [{ ...filter, slack: true }] });
  expect(misfitWarnings(settings, watched)).toEqual(warnings);
  expect(misfitWarnings(settings, [])).toEqual([]);
});

it('warns of a maintenance that is over, and of none that may still hold back something', () => {
  const to = '2026-11-29T10:00:00Z';
  const settings = installationSettingsSchema.parse({
    maintenance: [{ from: '2026-11-29T08:00:00Z', to, reason: 'the feed moves' }],
  });
  expect(misfitWarnings(settings, watched)).toEqual([]);
  expect(overWarnings(settings, Date.parse(to) - 1)).toEqual([]);
  expect(overWarnings(settings, Date.parse(to))).toEqual([
    `maintenance 1 holds back nothing: it ended at ${to}`,
  ]);
});

it('warns of a route of a monitor that is for others', () => {
  const routes = [
    'oncall',
    routeSchema.parse({ model: 'house-price', slack: true }),
    routeSchema.parse({ labels: { team: 'homes' }, webhook: true }),
  ];
  expect(ownRouteWarnings(routes, watched[0]!)).toEqual([
    'route 2 takes no alert: its model or its labels are not those of house-prices',
  ]);
});

it('counts a monitor without a file as long as it is watched', () => {
  const monitor = (model: string, team: string) =>
    monitorSchema.parse({
      model,
      task: 'regression',
      labels: { team },
      features: { hum: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
    });
  const stored = [
    { model: 'boats', configuration: monitor('boats', 'sea'), configurationHash: 'a' },
    { model: 'bikes', configuration: monitor('bikes', 'old'), configurationHash: 'b' },
    { model: 'unreadable', configuration: {}, configurationHash: 'c' },
  ];
  const files = [monitor('bikes', 'new')];
  expect(watchedAfter(files, stored, 'keep')).toMatchObject([
    { model: 'bikes', labels: { team: 'new' } },
    { model: 'boats', labels: { team: 'sea' } },
    { model: 'unreadable', labels: {} },
  ]);
  expect(watchedAfter(files, stored, 'prune')).toMatchObject([{ model: 'bikes' }]);
});
