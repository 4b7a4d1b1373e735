/** What the environment says of those who are told of versions: promotion hooks, and MLflow. */

import { secretProblems } from './channel-configuration.ts';
import type { Environment, Problems } from './secret-files.ts';

export interface RegistryConfiguration {
  /** The secrets that promotion hooks are signed with. */
  readonly promotionHookSecrets: readonly string[] | undefined;
  /** For servers of one origin only: whoever writes monitors names servers, and must not read the token. */
  readonly mlflowToken: { readonly origin: string; readonly token: string } | undefined;
}

export function readRegistry(environment: Environment, problems: Problems): RegistryConfiguration {
  const {
    PROMOTION_HOOK_SECRET: secrets,
    MLFLOW_TRACKING_URI: server = '',
    MLFLOW_TRACKING_TOKEN: token,
  } = environment;
  if (secrets !== undefined) problems.push(...secretProblems('PROMOTION_HOOK_SECRET', secrets));
  const promotionHookSecrets = secrets?.split(/\s+/);
  if (token === undefined) return { promotionHookSecrets, mlflowToken: undefined };
  if (!/^https?:/.test(server) || !URL.canParse(server)) {
    problems.push('  MLFLOW_TRACKING_URI: write the URL of the server that MLFLOW_TRACKING_TOKEN is for');
    return { promotionHookSecrets, mlflowToken: undefined };
  }
  return { promotionHookSecrets, mlflowToken: { origin: new URL(server).origin, token } };
}
