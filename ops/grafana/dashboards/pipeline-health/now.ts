import type { Row } from '../../parts/frame.ts';
import { number } from '../../parts/panels.ts';
import { promqlNow, sqlRows } from '../../parts/queries.ts';
import { isChosen } from '../../parts/model-parts.ts';

export const nowRow: Row = {
  title: 'Now',
  panels: [
    number({
      title: 'Workers',
      about: 'How many answer a scrape.',
      unit: 'short',
      better: 'up',
      critical: 1,
      queries: [promqlNow('sum(up{job="tidewatch-worker"})', 'workers')],
    }),
    number({
      title: 'Alerts of Prometheus that fire',
      about: 'Of services, models and of Tidewatch itself.',
      unit: 'short',
      warning: 1,
      queries: [promqlNow('count(ALERTS{alertstate="firing"}) or vector(0)', 'alerts')],
    }),
    number({
      title: 'Scrapes that fail',
      about: 'Targets that Prometheus does not reach.',
      unit: 'short',
      critical: 1,
      queries: [promqlNow('count(up == 0) or vector(0)', 'targets')],
    }),
    number({
      title: 'Hours to be looked at again',
      about:
        'Marks in dirty_windows: rows that came or changed since their stage last ran. The next run takes them.',
      unit: 'short',
      queries: [sqlRows(`select count(*) as hours from dirty_windows where ${isChosen('model')}`)],
    }),
    number({
      title: 'Messages that wait',
      about: 'Deliveries that have not been made, as long as their alert is open.',
      unit: 'short',
      warning: 10,
      queries: [
        sqlRows(
          `select count(*) as messages from alert_deliveries where ${isChosen('model')} and state = 'pending'`,
        ),
      ],
    }),
    number({
      title: 'Retrainings under way',
      about: 'Their verification included.',
      unit: 'short',
      queries: [
        promqlNow('sum(max by (model) (model_retraining_under_way{model=~"$model"}))', 'retrainings'),
      ],
    }),
  ],
};
