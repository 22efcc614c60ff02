import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import type { Asking } from '../network.ts';
import { once } from '../once.ts';
import { type Outcome, skip } from '../outcome.ts';
import type { World } from '../plan.ts';
import { checkAlive, checkReady, checkServerClock } from '../ready.ts';
import { CONSOLE_PATH, judgeConsole } from './console.ts';
import { judgeHeaders } from './headers.ts';
import { fetchPage, isPage, type Page } from './page.ts';
import { judgeProxySettings } from './proxy-settings.ts';
import { checkSecretOf } from './secret.ts';
import { checkWidget } from './widget.ts';

const group = 'Web app';
const AWAY = 'Start it (npm start, or its service). If it runs: with another PORT than this command was given.';
/** Of a request that several checks share. */
const PAGE_MS = 4_500;

export function planWeb(facts: Facts, { fetch, busy }: Pick<World, 'fetch' | 'busy'>): Check[] {
  const { config, settings, origin, webUrl, jwtSecret } = facts;
  const server = (signal: AbortSignal) => ({ url: webUrl, adviceWhenAway: AWAY, fetch, signal });
  const asking = (): Asking => ({ fetch, signal: AbortSignal.timeout(Math.round(PAGE_MS * busy)) });
  const publicPage = once(async () => await fetchPage(origin + CONSOLE_PATH, asking()));
  const localPage = once(async () => await fetchPage(webUrl + CONSOLE_PATH, asking()));
  const withPages = async (pages: readonly (() => Promise<Page | Outcome>)[], judge: (...pages: Page[]) => Outcome): Promise<Outcome> => {
    const found = await Promise.all(pages.map(async (page) => await page()));
    return found.every(isPage) ? judge(...found) : skip('the page could not be had');
  };

  const alive: Check = { group, what: 'it listens on its port', look: async (signal) => await checkAlive(server(signal)) };
  const console: Check = {
    group,
    what: 'the console is found at FRONTEND_URL',
    look: async () => judgeConsole(await publicPage(), origin + CONSOLE_PATH),
  };
  return [
    alive,
    { group, what: 'it can do its work', after: [alive], look: async (signal) => await checkReady(server(signal)) },
    { group, what: "its clock is this machine's", after: [alive], look: async (signal) => await checkServerClock(server(signal)) },
    {
      group,
      what: 'it has the JWT_SECRET of these settings',
      after: [alive],
      look: async (signal) => await checkSecretOf(jwtSecret, { url: webUrl, fetch, signal }),
    },
    console,
    {
      group,
      what: 'its security headers arrive',
      after: [console],
      look: async () =>
        await withPages([publicPage], (page) =>
          judgeHeaders(page, { https: config.frontendUrl.includes('https:'), socketUrl: config.socketUrl }),
        ),
    },
    {
      group,
      what: 'pages of other sites can show the widget',
      after: [console],
      look: async (signal) => await checkWidget({ origin, fetch, signal }),
    },
    {
      group,
      what: 'TRUST_PROXY fits the way to it',
      after: [alive, console],
      look: async () =>
        await withPages([publicPage, localPage], (atPublic, atPort) =>
          judgeProxySettings({ trustProxy: settings.TRUST_PROXY, origin, port: config.port, publicPage: atPublic, localPage: atPort }),
        ),
    },
  ];
}
