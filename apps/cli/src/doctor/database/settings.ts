import { readSettings, SYSTEM } from '@switchboard/chat';
import type { Database } from '@switchboard/database';

import { fail, ok, type Outcome, warn } from '../outcome.ts';

/** What the table says. */
interface FoundSettings {
  /** Keys of stored values that this version can't use. */
  readonly unusable: readonly string[];
  /** Of `widget.sites`; 0: nobody has changed it. */
  readonly version: number;
  readonly sites: readonly string[];
}

const NO_LOG = { debug() {}, info() {}, warn() {}, error() {} };

/** Whether this version can use all settings of the table, and none of them is in the environment as well. @param widgetOrigins `WIDGET_ORIGINS` */
export async function checkSettings(db: Database, widgetOrigins: readonly string[] | undefined): Promise<Outcome> {
  const { settings, unusable } = await readSettings({ db, log: NO_LOG }, SYSTEM);
  const found = settings.find(({ key }) => key === 'widget.sites');
  return judgeSettings({ unusable, version: found?.version ?? 0, sites: Array.isArray(found?.value) ? found.value : [] }, widgetOrigins);
}

/** The same of what was found. */
export function judgeSettings({ unusable, version, sites }: FoundSettings, widgetOrigins: readonly string[] | undefined): Outcome {
  if (unusable.length > 0) {
    const says = `this version can't use what is stored of ${unusable.join(', ')}`;
    const advice =
      'Another version of Switchboard has stored it. "npm run switchboard -- settings" lists what holds; "settings set" and "settings reset" replace it.';
    return unusable.includes('widget.sites')
      ? fail(`${says}, so no page can frame the chat`, advice)
      : warn(`${says}, so the defaults hold`, advice);
  }
  const framed = sites.length === 0 ? 'any site' : sites.length === 1 ? '1 site' : `${sites.length} sites`;
  if (widgetOrigins === undefined)
    return ok(version === 0 ? 'the defaults hold, and any site may frame the chat' : `the chat may be framed by ${framed}`);
  if (version === 0)
    return warn(
      'WIDGET_ORIGINS has not been taken over yet',
      'The next start of the web app makes it the setting widget.sites. Remove it from the environment and from .env afterwards.',
    );
  const differs = widgetOrigins.join() !== sites.join();
  return warn(
    `WIDGET_ORIGINS is ignored${differs ? `, and differs from the setting widget.sites, which allows ${framed}` : ': the setting widget.sites says the same'}`,
    'Remove it from the environment and from .env. To change the sites: npm run switchboard -- settings set widget.sites https://shop.example,https://help.example',
  );
}
