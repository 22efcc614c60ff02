import { UserError } from '../../standalone/user-error.mjs';
import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { fail, ok, type Outcome } from '../outcome.ts';
import { checkAddresses } from './addresses.ts';
import { checkSecrets } from './secrets.ts';

const group = 'Settings';

/** Whether the generated secrets can be read. All settings have been validated before. */
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
    { group, what: 'every setting is valid', run: async () => await Promise.resolve(checkGenerated(facts)) },
    { group, what: 'secrets are random', run: async () => await Promise.resolve(checkSecrets(settings)) },
    {
      group,
      what: 'the public addresses work together',
      run: async () => await Promise.resolve(checkAddresses(addresses)),
    },
  ];
}
