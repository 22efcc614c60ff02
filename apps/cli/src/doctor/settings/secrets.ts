import type { Settings } from '../facts.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';

const NAMES = ['JWT_SECRET', 'JWT_SECRET_PREVIOUS', 'AUTH_SECRET', 'METRICS_TOKEN'] as const;
/** What stands in examples and in what people make up, and in fewer than one random text of a million. */
const MADE_UP = /secret|passwor|change|exampl|switchboard|0123456|abcdefg|qwerty/i;

const NEW = 'Make one with "openssl rand -base64 32", and restart everything.';

/** Whether the secrets are random and unlike each other. Length and variety are part of a valid configuration already. */
export function checkSecrets(settings: Settings): Outcome {
  const given = NAMES.flatMap((name) => (settings[name] === undefined ? [] : [{ name, value: settings[name] }]));
  const madeUp = given.filter(({ value }) => MADE_UP.test(value)).map(({ name }) => name);
  if (madeUp.length > 0) {
    const judge = settings.NODE_ENV === 'production' ? fail : warn;
    return judge(`${madeUp.join(' and ')} looks made up: it contains a word or a row of keys`, NEW);
  }
  const twins = given.filter(({ value }, index) => given.some((other, at) => at < index && other.value === value)).map(({ name }) => name);
  if (twins.length > 0) return warn(`${twins.join(' and ')} is the same as another secret`, `Each must be one of its own. ${NEW}`);
  return ok(given.length === 0 ? 'made by this installation' : given.map(({ name }) => name).join(', '));
}
