import { type Asking, explainNetworkError, isGatewayError } from '../network.ts';
import { fail, type Outcome } from '../outcome.ts';

/** An answer, read to its end. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
}

/** Fetches a page without following redirects. What went wrong on the way is an outcome. */
export async function fetchPage(url: string, { fetch, signal }: Asking): Promise<Page | Outcome> {
  try {
    const response = await fetch(url, { signal, redirect: 'manual' });
    await response.body?.cancel();
    return { status: response.status, headers: response.headers };
  } catch (error) {
    return explainNetworkError(error, url);
  }
}

export function isPage(result: Page | Outcome): result is Page {
  return 'headers' in result;
}

/** Why an answer is not the one that was asked for; undefined for status 200. */
export function explainStatus({ status, headers }: Page, url: string): Outcome | undefined {
  if (status === 200) return undefined;
  if (isGatewayError(status))
    return fail(
      `${url}: a proxy answers with status ${status}: it does not reach the web app`,
      'Lead it to the port of the web app, and see its log.',
    );
  if (status >= 300 && status < 400)
    return fail(
      `${url} leads elsewhere, to ${headers.get('location') ?? 'nowhere'}`,
      'FRONTEND_URL must be the address at which people end up, to the letter.',
    );
  return fail(`${url} answers with status ${status}`, 'Lead this address to the port of the web app, all paths of it.');
}
