import { SIGNING_SECRETS, weaknessOfSecrets } from '@switchboard/config';

import type { Settings } from '../facts.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';

/** Whether the secrets are random and unlike each other, as the start asks in production. Their length is part of a valid configuration already. */
export function checkSecrets(settings: Settings): Outcome {
  const weakness = weaknessOfSecrets(settings);
  if (weakness !== undefined) {
    const judge = settings.NODE_ENV === 'production' ? fail : warn;
    return judge(weakness, 'Make one of its own for each with "openssl rand -base64 32", and restart everything.');
  }
  const given = SIGNING_SECRETS.filter((name) => settings[name] !== undefined);
  return ok(given.length === 0 ? 'made by this installation' : given.join(', '));
}
