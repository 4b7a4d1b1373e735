/** Everything that `tidewatch doctor` looks at, in the order in which it is shown. */

import * as addresses from './addresses.ts';
import { check, type Check } from './check.ts';
import { judgeDisk, readDisk } from './disk.ts';
import * as environment from './environment.ts';
import { judgeTemporaryDirectory, readTemporaryDirectory } from './machine.ts';
import { judgeMonitors, readMonitors } from './monitors.ts';
import { judgeMonitorSources, readMonitorSources } from './monitor-sources.ts';
import * as people from './people.ts';
import * as postgres from './postgres.ts';
import { judgeProcesses, readProcesses } from './processes.ts';
import * as pushes from './pushes.ts';
import * as retention from './retention.ts';
import { judgeSchedules, readSchedules } from './schedules.ts';
import * as storage from './storage.ts';
import * as temporal from './temporal.ts';

export const checks: readonly Check[] = [
  check({
    name: 'environment',
    needs: [],
    read: async ({ environment }) => environment.problems,
    judge: environment.judgeEnvironment,
  }),
  check({
    name: 'temporary files',
    needs: [],
    read: readTemporaryDirectory,
    judge: judgeTemporaryDirectory,
  }),

  check({ name: 'postgres', needs: [], read: postgres.readServer, judge: postgres.judgeServer }),
  check({ name: 'schema', needs: ['postgres'], read: postgres.readSchema, judge: postgres.judgeSchema }),
  check({
    name: 'privileges',
    needs: ['schema'],
    read: postgres.readPrivileges,
    judge: postgres.judgePrivileges,
  }),
  check({ name: 'monitors', needs: ['schema'], read: readMonitors, judge: judgeMonitors }),
  check({
    name: 'connections',
    needs: ['postgres'],
    read: postgres.readConnections,
    judge: postgres.judgeConnections,
  }),
  check({
    name: 'partitions',
    needs: ['schema'],
    read: storage.readPartitions,
    judge: storage.judgePartitions,
  }),
  check({
    name: 'storage maintenance',
    needs: ['schema'],
    read: storage.readMaintenance,
    judge: storage.judgeMaintenance,
  }),
  check({
    name: 'retention',
    needs: ['schema'],
    read: retention.readOverdue,
    judge: retention.judgeOverdue,
  }),
  check({ name: 'disk', needs: ['schema'], read: readDisk, judge: judgeDisk }),
  check({ name: 'clocks', needs: ['postgres'], read: postgres.readClocks, judge: postgres.judgeClocks }),

  check({ name: 'temporal', needs: [], read: temporal.readServer, judge: temporal.judgeServer }),
  check({
    name: 'search attributes',
    needs: ['temporal'],
    read: temporal.readSearchAttributes,
    judge: temporal.judgeSearchAttributes,
  }),
  check({
    name: 'workers',
    needs: ['temporal'],
    read: temporal.readTaskQueue,
    judge: temporal.judgeTaskQueue,
  }),
  check({ name: 'schedules', needs: ['schema', 'temporal'], read: readSchedules, judge: judgeSchedules }),

  check({ name: 'pushgateway', needs: [], read: pushes.readPushgateway, judge: pushes.judgePushgateway }),
  check({
    name: 'pushes',
    needs: ['schema', 'pushgateway'],
    read: pushes.readPushes,
    judge: pushes.judgePushes,
  }),

  check({ name: 'sources', needs: ['schema'], read: readMonitorSources, judge: judgeMonitorSources }),
  check({ name: 'processes', needs: ['schema'], read: readProcesses, judge: judgeProcesses }),
  check({
    name: 'routes',
    needs: ['environment', 'schema'],
    read: environment.readRoutes,
    judge: environment.judgeRoutes,
  }),
  check({
    name: 'channels',
    needs: ['environment'],
    read: addresses.readChannels,
    judge: addresses.judgeChannels,
  }),
  check({
    name: 'deliveries',
    needs: ['schema'],
    read: people.readDeliveries,
    judge: people.judgeDeliveries,
  }),
  check({
    name: 'trainers',
    needs: ['schema'],
    read: addresses.readTrainers,
    judge: addresses.judgeTrainers,
  }),
  check({
    name: 'retrainings',
    needs: ['schema'],
    read: people.readRetrainings,
    judge: people.judgeRetrainings,
  }),
];
