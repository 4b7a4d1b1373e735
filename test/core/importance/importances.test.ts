import { describe, expect, it } from 'vitest';

import { importancesFrom, reportedImportances } from '../../../core/importance/importances.ts';

describe('importancesFrom', () => {
  it('makes shares that sum to 1, and counts what is below 0 as 0', () => {
    expect(importancesFrom({ temp: 3, hum: 1, holiday: -0.1 })).toEqual({
      importances: { temp: 0.75, hum: 0.25, holiday: 0 },
    });
  });

  it('says why it cannot', () => {
    expect(importancesFrom({ temp: NaN, hum: 1 })).toEqual({
      notComputable: 'the importance of temp is no finite number',
    });
    expect(importancesFrom({ temp: 'high' })).toHaveProperty('notComputable');
    expect(importancesFrom({ temp: 0 })).toEqual({ notComputable: 'no feature has an importance above 0' });
    expect(importancesFrom({})).toHaveProperty('notComputable');
  });
});

describe('reportedImportances', () => {
  it('makes shares of all features of a monitor', () => {
    expect(reportedImportances(['rooms', 'city'], { rooms: 2 })).toEqual({
      importances: { rooms: 1, city: 0 },
    });
  });

  it('refuses what names something else, such as a part of an encoded feature', () => {
    expect(reportedImportances(['rooms', 'city'], { rooms: 2, 'city=Porto': 1, 'city=Faro': 1 })).toEqual({
      notComputable: 'city=Porto, city=Faro: no feature of the monitor',
    });
    expect(reportedImportances(['rooms'], { rooms: 'many' })).toHaveProperty('notComputable');
    expect(reportedImportances(['rooms'], {})).toHaveProperty('notComputable');
  });
});
