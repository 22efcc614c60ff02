import { ok, type Outcome, warn } from '../outcome.ts';
import type { Page } from './page.ts';

/** The same page, fetched from the public address and from the web app's port. */
export interface BothWays {
  readonly trustProxy: number;
  readonly origin: string;
  readonly port: number;
  readonly publicPage: Page;
  readonly localPage: Page;
}

/** The name of a proxy in a header that the web app does not send. */
function proxyName({ publicPage, localPage }: BothWays): string | undefined {
  const name = ['via', 'server', 'cf-ray', 'x-served-by'].find(
    (header) => publicPage.headers.has(header) && publicPage.headers.get(header) !== localPage.headers.get(header),
  );
  return name === undefined ? undefined : `${name}: ${publicPage.headers.get(name)}`;
}

/** Whether TRUST_PROXY matches the proxies in front of the web app, as far as that can be detected. */
export function judgeProxySettings(ways: BothWays): Outcome {
  const { trustProxy, origin, port } = ways;
  const { protocol, port: publicPort } = new URL(origin);
  const name = proxyName(ways);
  // The web app itself does not use TLS.
  const proxied = name !== undefined || protocol === 'https:';
  if (proxied && trustProxy === 0)
    return warn(
      `there is a proxy in front of the web app (${name ?? 'it uses TLS'}), but TRUST_PROXY is 0: everybody seems to have the proxy's address, so one person over a limit blocks everybody`,
      'Set TRUST_PROXY to the number of proxies; each must append to X-Forwarded-For.',
    );
  if (!proxied && trustProxy > 0 && Number(publicPort || 80) === port)
    return warn(
      `TRUST_PROXY is ${trustProxy}, but FRONTEND_URL points directly to the web app: clients can claim any address`,
      'Set TRUST_PROXY=0, or make the web app reachable only through the proxy.',
    );
  return ok(`TRUST_PROXY is ${trustProxy}${name === undefined ? '' : `, ${name}`}`);
}
