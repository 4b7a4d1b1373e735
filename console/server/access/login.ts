/** The page to sign in. */

import { html, trusted, type Html } from '../../html.ts';

export interface LoginPage {
  /** Where to go on to. */
  readonly to: string;
  /** `ended`: the session is over; `wrong`: the token is not known. */
  readonly why?: 'ended' | 'wrong';
}

const words = {
  ended: 'Your session has ended. Sign in again, and you come back to where you were.',
  wrong:
    'This token is not known. Whoever runs the console has it: TIDEWATCH_CONSOLE_VIEWER_TOKEN or TIDEWATCH_CONSOLE_OPERATOR_TOKEN.',
} as const;

export function loginPage({ to, why }: LoginPage): Html {
  return html`<h1>Sign in</h1>
    ${why !== undefined && html`<p class="notice refused" role="alert">${words[why]}</p>`}
    <form class="login" method="post" action="/login">
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
          ${why === 'wrong' && trusted('aria-invalid="true"')}
      /></label>
      <button>Sign in</button>
    </form>`;
}
