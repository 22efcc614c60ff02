import { OPERATOR_HEADER, SESSION_CHANNEL } from '@switchboard/client/operator-session';

/** Why signing in or out did not work, in a sentence for the person who tried. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

const WRONG = 'The e-mail or the password is wrong.';

function reason(status: number): string {
  if (status === 429) return 'Too many attempts. Wait a minute, then try again.';
  // Whatever else is wrong with what was typed sounds the same: it tells nobody which accounts exist.
  if (status >= 400 && status < 500) return WRONG;
  return 'The server can’t sign you in at the moment. Try again shortly.';
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
    });
  } catch (cause) {
    throw new SignInError('The server can’t be reached. Check your connection and try again.', { cause });
  }
}

/** Signs this browser in. @throws SignInError */
export async function signIn(email: string, password: string): Promise<void> {
  const response = await post('/api/auth/sign-in/email', { email, password });
  if (!response.ok) throw new SignInError(reason(response.status));
  tellTabs();
}

/** Signs this operator out of this browser. @throws SignInError */
export async function signOut(operatorId: number): Promise<void> {
  const response = await post('/api/auth/sign-out', {}, { [OPERATOR_HEADER]: String(operatorId) });
  if (!response.ok) throw new SignInError('The server can’t sign you out at the moment. Try again shortly.');
  tellTabs();
}
