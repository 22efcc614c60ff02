import { ok, type Outcome, warn } from '../outcome.ts';
import type { Page } from './page.ts';

/** The same page, asked for at the public address and at the web app's port. */
export interface BothWays {
  readonly trustProxy: number;
  readonly origin: string;
  readonly port: number;
  readonly publicPage: Page;
  readonly localPage: Page;
}

/** What a proxy says about itself in a header that the web app does not have. */
function proxyName({ publicPage, localPage }: BothWays): string | undefined {
  const name = ['via', 'server', 'cf-ray', 'x-served-by'].find(
    (header) => publicPage.headers.has(header) && publicPage.headers.get(header) !== localPage.headers.get(header),
  );
  return name === undefined ? undefined : `${name}: ${publicPage.headers.get(name)}`;
}

/** Whether TRUST_PROXY fits what stands before the web app, as far as that shows. */
export function judgeProxySettings(ways: BothWays): Outcome {
  const { trustProxy, origin, port } = ways;
  const { protocol, port: publicPort } = new URL(origin);
  const name = proxyName(ways);
  // The web app itself speaks no TLS.
  const proxied = name !== undefined || protocol === 'https:';
  if (proxied && trustProxy === 0)
    return warn(
      `a proxy stands before the web app (${name ?? 'it speaks TLS'}) and TRUST_PROXY is 0: all people have the proxy's address, and one who sends too much locks out all`,
      'Set TRUST_PROXY to the number of proxies on the way; each must add to X-Forwarded-For.',
    );
  if (!proxied && trustProxy > 0 && Number(publicPort || 80) === port)
    return warn(
      `TRUST_PROXY is ${trustProxy} and FRONTEND_URL leads straight to the web app: whoever comes that way can claim any address`,
      'Set TRUST_PROXY=0, or let people come through the proxy only.',
    );
  return ok(`TRUST_PROXY is ${trustProxy}${name === undefined ? '' : `, ${name}`}`);
}
