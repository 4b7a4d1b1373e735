/** How people sign in at an OpenID provider, and who of them may do what. */

export interface OidcSettings {
  /** As the provider itself has it, to the letter. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, held by PKCE alone. */
  readonly clientSecret?: string;
  /** With spaces; `openid` is one of them. */
  readonly scope: string;
  /** Which claim says what somebody is a member of. */
  readonly roleClaim: string;
  /** Values of that claim; `*` is anybody whom the provider signs in. */
  readonly viewers: readonly string[];
  readonly operators: readonly string[];
  /** Value of that claim -> the team whose models it lets somebody look at, and no others. */
  readonly teams?: Readonly<Record<string, string>>;
}
