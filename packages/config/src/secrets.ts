import { ConfigError, type Environment } from './config-error.ts';
import { isGuessable } from './secret-strength.ts';
import { SECRET_EXPECTED } from './shapes.ts';

/** The secrets: each must be random, and different from the others. */
export const SIGNING_SECRETS = ['JWT_SECRET', 'JWT_SECRET_PREVIOUS', 'AUTH_SECRET', 'METRICS_TOKEN'] as const;

/** The values of the secrets that are set. */
export type SecretValues = { readonly [N in (typeof SIGNING_SECRETS)[number]]?: string | undefined };

/**
 * A clause that names the first weak secret and its problem (guessable, or the same as another one), and never its value. Undefined when all are strong.
 * `readVariables` checks the lengths.
 */
export function weaknessOfSecrets(values: SecretValues): string | undefined {
  const given = SIGNING_SECRETS.flatMap((name) => (values[name] ? [{ name, value: values[name] }] : []));
  const weak = given.find(({ value }) => isGuessable(value));
  if (weak !== undefined) return `${weak.name} can be guessed: it is made of words, a pattern, or a well-known example`;
  for (const [index, { name, value }] of given.entries()) {
    const twin = given.slice(0, index).find((other) => isContained(other.value, value));
    if (twin !== undefined) return `${name} is the same as ${twin.name}, or contains it`;
  }
  return undefined;
}

/** Whether knowing one value reveals the other. */
function isContained(a: string, b: string): boolean {
  const [one, other] = [a.trim().toLowerCase(), b.trim().toLowerCase()];
  return one.includes(other) || other.includes(one);
}

/**
 * Stops a server in production with weak secrets. Does nothing under a supervisor, which has checked them and sets NODE_ENV itself.
 *
 * @throws ConfigError that names the secret and not its value
 */
export function requireStrongSecrets(values: SecretValues & { readonly NODE_ENV?: string | undefined }, environment: Environment): void {
  if (values.NODE_ENV !== 'production' || environment['SWITCHBOARD_SUPERVISED'] === '1') return;
  const weakness = weaknessOfSecrets(values);
  if (weakness !== undefined) throw new ConfigError(`${weakness}; with NODE_ENV=production each must be ${SECRET_EXPECTED}.`);
}
