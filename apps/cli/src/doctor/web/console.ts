import { fail, ok, type Outcome } from '../outcome.ts';
import { explainStatus, isPage, type Page } from './page.ts';

/** The console's page that needs nobody to be signed in. */
export const CONSOLE_PATH = '/sign-in';

/** Whether the console is found at its public address. */
export function judgeConsole(page: Page | Outcome, url: string): Outcome {
  if (!isPage(page)) return page;
  const problem = explainStatus(page, url);
  if (problem !== undefined) return problem;
  if (!page.headers.get('content-type')?.startsWith('text/html'))
    return fail(`${url} is no page`, 'Another program answers there: lead this address to the port of the web app.');
  return ok(url);
}
