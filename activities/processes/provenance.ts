/** Where a stored number comes from: the code, the configuration and the run that computed it. */

export interface Provenance {
  readonly configurationHash: string;
  readonly codeVersion: string;
  readonly workflowId: string;
  readonly runId: string;
}
