/** The operators of the stories. */
export const OPERATORS = {
  maya: { email: 'maya@lamps.example', name: 'Maya Lindqvist', password: 'correct horse battery' },
  omar: { email: 'omar@lamps.example', name: 'Omar Haddad', password: 'staple paper clip glue' },
} as const;

export type Operator = (typeof OPERATORS)[keyof typeof OPERATORS];

/** The credentials of an operator. */
export interface SignIn {
  readonly email: string;
  readonly password: string;
}

/** A cookie for a browser context. */
export interface SessionCookie {
  readonly name: string;
  readonly value: string;
  readonly url: string;
}

/**
 * Signs an operator in once for all stories, because signing in is rate limited and each story has a new browser. (Separate stories cover the sign-in
 * form.)
 */
export async function signIn(web: string, { email, password }: SignIn): Promise<SessionCookie[]> {
  const response = await fetch(`${web}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: web },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`${email} could not sign in: ${response.status} ${await response.text()}`);
  return response.headers.getSetCookie().map((cookie) => {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: web };
  });
}
