/**
 * Keys that are nothing of the language's: anchors for merge keys and aliases, and notes of whoever wrote the file. Docker Compose's
 * "extension fields" (compose-spec, 11-extension.md) have the same form.
 */

/** `x-base`, in a map of settings. */
export function isExtensionKey(name: string): boolean {
  return name.startsWith('x-');
}
