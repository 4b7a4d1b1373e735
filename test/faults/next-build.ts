/**
 * In the bundle of the next build: each workflow begins with a step that the build before does not have, added as docs/upgrade-workflows.md
 * says. Runs that began before go on without it; the build before cannot go on with those that began with it.
 */

import { patched, sleep, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      execute: async (input, next) => {
        if (patched('a step of the next build')) await sleep(1);
        return next(input);
      },
    },
  ],
});
