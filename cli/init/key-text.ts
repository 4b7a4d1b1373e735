/** A name as a key or a value of YAML: plain where it can only be text. */
export function keyText(name: string): string {
  return /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z_][\w./-]*$/i.test(name)
    ? name
    : JSON.stringify(name);
}
