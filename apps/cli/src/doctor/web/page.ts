import { type RequestContext, explainNetworkError, isGatewayError } from '../network.ts';
import { fail, type Outcome } from '../outcome.ts';

/** A response with its body. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
}

/** Fetches a page without following redirects. A network failure becomes an outcome. */
export async function fetchPage(url: string, { fetch, signal }: RequestContext): Promise<Page | Outcome> {
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

/** Explains an unexpected status; undefined for 200. */
export function explainStatus({ status, headers }: Page, url: string): Outcome | undefined {
  if (status === 200) return undefined;
  if (isGatewayError(status))
    return fail(
      `${url}: a proxy answers with status ${status}: it can't reach the web app`,
      'Point it to the web app’s port, and see its log.',
    );
  if (status >= 300 && status < 400)
    return fail(`${url} redirects to ${headers.get('location') ?? 'nowhere'}`, 'FRONTEND_URL must be exactly the final address.');
  return fail(`${url} answers with status ${status}`, 'Point this address, with all paths, to the web app’s port.');
}
