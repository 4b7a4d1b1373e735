/** Every kind of fault, as data. */

import type { Kind } from './kinds/kind.ts';
import { peopleKinds } from './kinds/people-kinds.ts';
import { postgresKinds } from './kinds/postgres-kinds.ts';
import {
  emailKinds,
  pushgatewayKinds,
  slackKinds,
  temporalKinds,
  trainerKinds,
} from './kinds/service-kinds.ts';
import { workerKinds } from './kinds/worker-kinds.ts';

export const kinds: readonly Kind[] = [
  ...workerKinds,
  ...postgresKinds,
  ...temporalKinds,
  ...pushgatewayKinds,
  ...slackKinds,
  ...emailKinds,
  ...trainerKinds,
  ...peopleKinds,
];
