/**
 * Property tests draw the same examples each time, so that a run is red only for what has changed. To look for new ones:
 * `PROPERTY_SEED=$RANDOM npx vitest run test/core`.
 */

import * as fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20110520) });
