import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import type { RequestContext } from '../network.ts';
import { once } from '../once.ts';
import { type Outcome, skip } from '../outcome.ts';
import type { World } from '../world.ts';
import { checkAlive, checkReady, checkServerClock } from '../ready.ts';
import { CONSOLE_PATH, judgeConsole } from './console.ts';
import { judgeHeaders } from './headers.ts';
import { fetchPage, isPage, type Page } from './page.ts';
import { judgeProxySettings } from './proxy-settings.ts';
import { checkSecretOf } from './secret.ts';
import { checkWidget } from './widget.ts';

const group = 'Web app';
const ADVICE_WHEN_DOWN = 'Start it (npm start, or its service). If it is running, it has another PORT than this command.';
/** The timeout of a request that several checks share. */
const PAGE_MS = 4_500;

export function planWeb(facts: Facts, { fetch, busy }: Pick<World, 'fetch' | 'busy'>): Check[] {
  const { config, settings, origin, webUrl, jwtSecret } = facts;
  const server = (signal: AbortSignal) => ({ url: webUrl, adviceWhenDown: ADVICE_WHEN_DOWN, fetch, signal });
  const asking = (): RequestContext => ({ fetch, signal: AbortSignal.timeout(Math.round(PAGE_MS * busy)) });
  const publicPage = once(async () => await fetchPage(origin + CONSOLE_PATH, asking()));
  const localPage = once(async () => await fetchPage(webUrl + CONSOLE_PATH, asking()));
  const withPages = async (pages: readonly (() => Promise<Page | Outcome>)[], judge: (...pages: Page[]) => Outcome): Promise<Outcome> => {
    const found = await Promise.all(pages.map(async (page) => await page()));
    return found.every(isPage) ? judge(...found) : skip('the page could not be fetched');
  };

  const alive: Check = { group, what: 'it listens on its port', run: async (signal) => await checkAlive(server(signal)) };
  const console: Check = {
    group,
    what: 'the console answers at FRONTEND_URL',
    run: async () => judgeConsole(await publicPage(), origin + CONSOLE_PATH),
  };
  return [
    alive,
    { group, what: 'it is ready', after: [alive], run: async (signal) => await checkReady(server(signal)) },
    { group, what: "its clock agrees with this machine's", after: [alive], run: async (signal) => await checkServerClock(server(signal)) },
    {
      group,
      what: 'it has the JWT_SECRET of these settings',
      after: [alive],
      run: async (signal) => await checkSecretOf(jwtSecret, { url: webUrl, fetch, signal }),
    },
    console,
    {
      group,
      what: 'its security headers arrive',
      after: [console],
      run: async () =>
        await withPages([publicPage], (page) =>
          judgeHeaders(page, { https: config.frontendUrl.includes('https:'), socketUrl: config.socketUrl }),
        ),
    },
    {
      group,
      what: 'other sites can show the widget',
      after: [console],
      run: async (signal) => await checkWidget({ origin, fetch, signal }),
    },
    {
      group,
      what: 'TRUST_PROXY matches the proxies in front',
      after: [alive, console],
      run: async () =>
        await withPages([publicPage, localPage], (atPublic, atPort) =>
          judgeProxySettings({ trustProxy: settings.TRUST_PROXY, origin, port: config.port, publicPage: atPublic, localPage: atPort }),
        ),
    },
  ];
}
