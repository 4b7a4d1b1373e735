import { userInfo } from 'node:os';

/** Who types; a container may run under a user without a name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'somebody';
  }
}
