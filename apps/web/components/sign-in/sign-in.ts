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

async function post(path: string, body: object): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
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
}

/** Signs this browser out. @throws SignInError */
export async function signOut(): Promise<void> {
  const response = await post('/api/auth/sign-out', {});
  if (!response.ok) throw new SignInError('The server can’t sign you out at the moment. Try again shortly.');
}
