/** The page to sign in. */

import { codeText } from '../../code-text.ts';
import { html, trusted, type Html, type Part } from '../../html.ts';

export const loginReasons = ['ended', 'unsent', 'out', 'wrong'] as const;
/** `unsent`: a form was sent after the session had ended; `wrong`: the token is not known. */
export type LoginReason = (typeof loginReasons)[number];

export interface LoginPage {
  /** Where to go on to. */
  readonly to: string;
  readonly why?: LoginReason;
  /** What did not work out, in other words than those of a reason. */
  readonly said?: string;
  readonly hasTokens: boolean;
  /** The name of the OpenID provider, where there is one. */
  readonly provider?: string;
  /** Offers to be somebody else there. */
  readonly asAnother?: boolean;
  /** Whoever has signed out here may be signed in there still. */
  readonly canSignOutThere?: boolean;
}

const words = {
  ended: 'Your session has ended. Sign in again, and you come back to where you were.',
  unsent:
    'Your session has ended, so nothing was done. Sign in again, and you come back to what you had typed; nothing is sent by itself.',
  out: 'You have signed out.',
  wrong:
    'This token is not known. Whoever runs the console has it: TIDEWATCH_CONSOLE_VIEWER_TOKEN or TIDEWATCH_CONSOLE_OPERATOR_TOKEN.',
} as const satisfies Readonly<Record<LoginReason, string>>;

export function loginPage(page: LoginPage): Html {
  const { to, why, provider, hasTokens } = page;
  const said = page.said ?? (why && words[why]);
  const isRefused = page.said !== undefined || why !== 'out';
  return html`<h1>Sign in</h1>
    ${said !== undefined && html`<p class="notice ${isRefused && 'refused'}" role="alert">${codeText(said)}</p>`}
    ${provider !== undefined && atProvider(provider, page)}
    ${provider !== undefined && hasTokens && html`<h2>With a token</h2>`}
    ${hasTokens && tokenForm(to, why === 'wrong')}`;
}

function atProvider(name: string, { to, asAnother, canSignOutThere }: LoginPage): Part {
  const path = `/login/oidc?${new URLSearchParams({ to, ...(asAnother && { as: 'another' }) }).toString()}`;
  return html`<p>
      <a class="button" href="${path}">Sign in with <bdi>${name}</bdi>${asAnother && ' as somebody else'}</a>
    </p>
    ${
      canSignOutThere &&
      html`<p>
        You are still signed in at <bdi>${name}</bdi>: <a href="/login/oidc/out">sign out there, too</a>.
      </p>`
    }`;
}

function tokenForm(to: string, isWrong: boolean): Html {
  return html`<form class="login" method="post" action="/login">
    <input type="hidden" name="to" value="${to}" />
    <label
      >Your name, as it stands beside what you do
      <input name="name" autocomplete="username" required maxlength="80"
    /></label>
    <label
      >Token
      <input
        name="token"
        type="password"
        autocomplete="current-password"
        required
        ${isWrong && trusted('aria-invalid="true"')}
    /></label>
    <button>Sign in</button>
  </form>`;
}
