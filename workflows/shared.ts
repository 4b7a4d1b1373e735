/**
 * What all runs of a worker share: loaded and frozen before the first of them, where each run would otherwise have a copy of its own. So
 * nothing here may keep anything of a run, and nothing here may change once it is loaded.
 */

import { z } from 'zod';

import '../core/performance/metrics.ts';
import '../core/statistics/distributions.ts';
import './alert-updates.ts';
import './input-schemas.ts';
import './retraining-updates.ts';

// Before it is frozen, zod has to find out whether it may compile: it looks when the first object is made.
z.object({});
