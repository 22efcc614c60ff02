import { UserError } from '../../standalone/user-error.mjs';
import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { fail, ok, type Outcome } from '../outcome.ts';
import { checkAddresses } from './addresses.ts';
import { checkSecrets } from './secrets.ts';

const group = 'Settings';

/** Whether the secrets that the installation made for itself can be read; that all settings are valid is known by then. */
function checkGenerated({ secrets }: Pick<Facts, 'secrets'>): Outcome {
  return secrets instanceof UserError
    ? fail(secrets.message.replace(/\.$/, ''), 'Run this command as the user that runs Switchboard, or restore the file.')
    : ok();
}

export function planSettings(facts: Facts): Check[] {
  const { config, settings } = facts;
  const origins = config.frontendUrl.split(',');
  const addresses = { production: config.production, origins, socketUrl: config.socketUrl };
  return [
    { group, what: 'every setting is valid', look: async () => await Promise.resolve(checkGenerated(facts)) },
    { group, what: 'secrets are random', look: async () => await Promise.resolve(checkSecrets(settings)) },
    {
      group,
      what: "the addresses fit each other and people's browsers",
      look: async () => await Promise.resolve(checkAddresses(addresses)),
    },
  ];
}
