/** Passwords in URLs: `remoteAutoTuningConfig` has one. They are shown nowhere. */
const inAuthority = /([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*:)([^\s?#]*)(@)/gi;
const inParameters = /([?&](?:password|passwd|pwd|pass|passphrase|token|secret)=)([^&\s]*)/gi;

/** The text with `***` for passwords. */
export function redactSecrets(text: string): string {
  return text.replace(inAuthority, '$1***$3').replace(inParameters, '$1***');
}

export function hasSecret(text: string): boolean {
  return redactSecrets(text) !== text;
}
