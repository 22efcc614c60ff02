/** Variables by name, as a process' environment has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is missing or wrong. The message is one line that names it, what it was and what it must be; of a secret it gives the length only. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Bytes of a text in UTF-8. */
export function byteLength(value: string): number {
  return new TextEncoder().encode(value).length;
}
