// The thread that `fitInThread` starts: fits what it was given, answers with the model, ends. Plain JavaScript, because
// threads of Node 20 do not inherit the TypeScript loader; from here on it is loaded anew.

import { parentPort, workerData } from 'node:worker_threads';
import { tsImport } from 'tsx/esm/api';

const { fitModel } = await tsImport('./fitting.ts', import.meta.url);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort.postMessage(fitModel(workerData.model, workerData.rows));
