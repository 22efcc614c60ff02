import { fail, ok, type Outcome } from '../outcome.ts';
import { explainStatus, isPage, type Page } from './page.ts';

/** A page of the console that does not require signing in. */
export const CONSOLE_PATH = '/sign-in';

/** Whether the console answers at its public address. */
export function judgeConsole(page: Page | Outcome, url: string): Outcome {
  if (!isPage(page)) return page;
  const problem = explainStatus(page, url);
  if (problem !== undefined) return problem;
  if (!page.headers.get('content-type')?.startsWith('text/html'))
    return fail(`${url} is not an HTML page`, 'Another program answers there: point this address to the web app’s port.');
  return ok(url);
}
