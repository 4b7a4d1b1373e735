/** Why a connection by TLS did not come about, in the words of whom it has to be set right by. */

export type TlsFault = 'authority' | 'expired' | 'name' | 'client certificate' | 'not offered';

/** Of OpenSSL and Node.js. Some libraries keep the words of an error and give it a code of their own. */
const signs: readonly (readonly [TlsFault, RegExp])[] = [
  ['name', /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/],
  ['expired', /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate (?:has expired|is not yet valid)/],
  [
    'client certificate',
    /ALERT_(?:CERTIFICATE|BAD_CERTIFICATE|HANDSHAKE_FAILURE|UNKNOWN_CA)|alert (?:certificate required|bad certificate|unknown ca|handshake failure|number (?:40|42|48|116))|requires a valid client certificate|certificate authentication failed/i,
  ],
  [
    'authority',
    /SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_(?:UNTRUSTED|SIGNATURE_FAILURE)|self[- ]signed certificate|unable to (?:verify the first|get (?:local )?issuer) certificate/,
  ],
  [
    'not offered',
    /ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)|wrong version number|does not support SSL|STARTTLS/,
  ],
];

const words: Readonly<Record<TlsFault, string>> = {
  authority: 'nobody whom this side trusts has signed its certificate',
  expired: 'its certificate has expired, or is not valid yet',
  name: 'its certificate is for another name',
  'client certificate':
    'it wants a certificate of this side, which is missing or not of an authority that it trusts',
  'not offered': 'it does not speak TLS there',
};

/**
 * What is wrong with TLS, if that is what an error is about? Looked for in its code, its words and its causes.
 *
 * @example tlsFaultOf(new Error('self-signed certificate in certificate chain'))
 * // { fault: 'authority', words: 'nobody whom this side trusts has signed its certificate' }
 */
export function tlsFaultOf(error: unknown): { readonly fault: TlsFault; readonly words: string } | undefined {
  for (let seen = error, depth = 0; seen instanceof Error && depth < 5; seen = seen.cause, depth += 1) {
    const { code = '' } = seen as { code?: string };
    const text = `${code} ${seen.message}`;
    const found = signs.find(([, sign]) => sign.test(text));
    if (found !== undefined) return { fault: found[0], words: words[found[0]] };
  }
  return undefined;
}
