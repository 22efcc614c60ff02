import type { Asking } from '../network.ts';
import { fail, ok, type Outcome } from '../outcome.ts';
import { explainStatus, fetchPage, isPage } from './page.ts';

const HANDS_OFF = 'Have the proxy leave the headers of /widget and /widget.js alone.';

/** Whether a page of another site can have the widget's script and show its frame. */
export async function checkWidget({ origin, ...asking }: Asking & { readonly origin: string }): Promise<Outcome> {
  const [loader, frame] = await Promise.all([fetchPage(`${origin}/widget.js`, asking), fetchPage(`${origin}/widget`, asking)]);
  if (!isPage(loader)) return loader;
  if (!isPage(frame)) return frame;
  // A proxy that does not reach the web app does not answer in JSON.
  if (loader.status === 503 && (loader.headers.get('content-type') ?? '').includes('json'))
    return fail(
      'the web app has no built widget',
      'Build it (npm run build), or have WIDGET_DIR lead to apps/widget/dist, from where the web app runs.',
    );
  const problem = explainStatus(loader, `${origin}/widget.js`) ?? explainStatus(frame, `${origin}/widget`);
  if (problem !== undefined) return problem;
  const type = loader.headers.get('content-type') ?? 'nothing';
  if (!/javascript/.test(type)) return fail(`${origin}/widget.js arrives as ${type}`, HANDS_OFF);
  const policy = loader.headers.get('cross-origin-resource-policy');
  if (policy !== null && policy !== 'cross-origin')
    return fail(`/widget.js has Cross-Origin-Resource-Policy: ${policy}, and browsers keep it from pages of other sites`, HANDS_OFF);
  const frameOptions = frame.headers.get('x-frame-options');
  if (frameOptions !== null)
    return fail(`/widget has X-Frame-Options: ${frameOptions}, and browsers keep the chat out of pages of other sites`, HANDS_OFF);
  if (/frame-ancestors '(none|self)'\s*(;|,|$)/.test(frame.headers.get('content-security-policy') ?? ''))
    return fail('the Content-Security-Policy of /widget lets no page of another site show it', HANDS_OFF);
  return ok();
}
