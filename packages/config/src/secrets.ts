import { ConfigError, type Environment } from './config-error.ts';
import { isGuessable } from './secret-strength.ts';
import { SECRET_EXPECTED } from './shapes.ts';

/** Settings of which each must be random and unlike the others. */
export const SIGNING_SECRETS = ['JWT_SECRET', 'JWT_SECRET_PREVIOUS', 'AUTH_SECRET', 'METRICS_TOKEN'] as const;

/** Their values, as far as they are given. */
export type SecretValues = { readonly [N in (typeof SIGNING_SECRETS)[number]]?: string | undefined };

/**
 * What is wrong with the secrets that were given, as a clause that names the first weak one and never its value: it can be guessed, or is the same as
 * another one. Undefined when nothing is. The length of each is checked by `readVariables`.
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

/** Whoever knows the one knows the other. */
function isContained(a: string, b: string): boolean {
  const [one, other] = [a.trim().toLowerCase(), b.trim().toLowerCase()];
  return one.includes(other) || other.includes(one);
}

/**
 * Stops a server in production whose secrets are weak. One that a supervisor runs is not asked: the supervisor has looked, and sets NODE_ENV itself.
 *
 * @throws ConfigError that names the secret and not its value
 */
export function requireStrongSecrets(values: SecretValues & { readonly NODE_ENV?: string | undefined }, environment: Environment): void {
  if (values.NODE_ENV !== 'production' || environment['SWITCHBOARD_SUPERVISED'] === '1') return;
  const weakness = weaknessOfSecrets(values);
  if (weakness !== undefined) throw new ConfigError(`${weakness}; with NODE_ENV=production each must be ${SECRET_EXPECTED}.`);
}
