import { OPERATOR_HEADER, SESSION_CHANNEL } from '@switchboard/client/operator-session';

import type { Messages } from '../../locales/messages.ts';

/** Why signing in or out did not work: the key of a text for the person who tried, and what stands in it. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly code: keyof Messages['signInProblem'];
  /** `here`: the origin of this page; `instead`: an address at which it does work. */
  readonly values: { readonly here?: string; readonly instead?: string };
  constructor(
    code: SignInError['code'],
    { values = {}, cause }: { readonly values?: SignInError['values']; readonly cause?: unknown } = {},
  ) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.values = values;
  }
}

/** Milliseconds that an answer may take: passwords are checked a few at a time. */
const PATIENCE_MS = 60_000;

async function whyNot(response: Response): Promise<SignInError> {
  const { status } = response;
  if (status === 429) return new SignInError('tooMany');
  if (status === 403) return notHere(await allowedOrigin(response));
  // Whatever is wrong with what was typed sounds the same: it tells nobody which accounts exist.
  if ([400, 401, 422].includes(status)) return new SignInError('wrong');
  return new SignInError('notSignedIn');
}

/** @param instead the address that this console is set up for, if the server has named one */
function notHere(instead: string | undefined): SignInError {
  const here = window.location.origin;
  if (instead === undefined || instead === here) return new SignInError('refused', { values: { here } });
  return new SignInError('elsewhere', { values: { here, instead } });
}

async function allowedOrigin(response: Response): Promise<string | undefined> {
  try {
    const { error } = (await response.json()) as { readonly error?: { readonly fields?: { readonly origin?: string } } };
    const origin = error?.fields?.origin ?? '';
    return /^https?:\/\//.test(origin) && URL.canParse(origin) ? new URL(origin).origin : undefined;
  } catch {
    // Not our server's words: whoever stands in front refuses.
    return undefined;
  }
}

/** Tells the other tabs, whose pages may belong to somebody else: they look up whose the session is now. */
function tellTabs(): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(SESSION_CHANNEL);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none: it never leaves this origin
  channel.postMessage('changed');
  channel.close();
}

async function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'TimeoutError') throw new SignInError('noAnswer', { cause });
    throw new SignInError('unreachable', { cause });
  }
}

/** Signs this browser in. @throws SignInError */
export async function signIn(email: string, password: string): Promise<void> {
  const response = await post('/api/auth/sign-in/email', { email, password });
  if (!response.ok) throw await whyNot(response);
  tellTabs();
}

/** Signs this operator out of this browser. @throws SignInError */
export async function signOut(operatorId: number): Promise<void> {
  const response = await post('/api/auth/sign-out', {}, { [OPERATOR_HEADER]: String(operatorId) });
  if (!response.ok) throw new SignInError('notSignedOut');
  tellTabs();
}
