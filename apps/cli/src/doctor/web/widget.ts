import type { RequestContext } from '../network.ts';
import { fail, ok, type Outcome } from '../outcome.ts';
import { explainStatus, fetchPage, isPage } from './page.ts';

const ADVICE = 'Make the proxy pass on the headers of /widget and /widget.js unchanged.';

/** Whether a page of another site can load the widget's script and show its frame. */
export async function checkWidget({ origin, ...asking }: RequestContext & { readonly origin: string }): Promise<Outcome> {
  const [loader, frame] = await Promise.all([fetchPage(`${origin}/widget.js`, asking), fetchPage(`${origin}/widget`, asking)]);
  if (!isPage(loader)) return loader;
  if (!isPage(frame)) return frame;
  // A proxy that can't reach the web app does not answer in JSON.
  if (loader.status === 503 && (loader.headers.get('content-type') ?? '').includes('json'))
    return fail(
      'the web app has no built widget',
      'Build it (npm run build), or set WIDGET_DIR to apps/widget/dist, relative to where the web app runs.',
    );
  const problem = explainStatus(loader, `${origin}/widget.js`) ?? explainStatus(frame, `${origin}/widget`);
  if (problem !== undefined) return problem;
  const type = loader.headers.get('content-type') ?? 'nothing';
  if (!/javascript/.test(type)) return fail(`${origin}/widget.js arrives as ${type}`, ADVICE);
  const policy = loader.headers.get('cross-origin-resource-policy');
  if (policy !== null && policy !== 'cross-origin')
    return fail(`/widget.js has Cross-Origin-Resource-Policy: ${policy}, so browsers block it on other sites`, ADVICE);
  const frameOptions = frame.headers.get('x-frame-options');
  if (frameOptions !== null) return fail(`/widget has X-Frame-Options: ${frameOptions}, so browsers block the chat on other sites`, ADVICE);
  if (/frame-ancestors '(none|self)'\s*(;|,|$)/.test(frame.headers.get('content-security-policy') ?? ''))
    return fail('the Content-Security-Policy of /widget does not allow other sites to show it', ADVICE);
  return ok();
}
