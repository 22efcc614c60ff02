/** Variables by name, like `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A missing or invalid variable. The message is one line with its name, its value (of a secret only the length) and what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The length of a text in UTF-8, in bytes. */
export function byteLength(value: string): number {
  return new TextEncoder().encode(value).length;
}
