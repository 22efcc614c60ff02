import { OPERATOR_HEADER, SESSION_CHANNEL } from '@switchboard/client/operator-session';

import type { ErrorParams, WireError } from '@switchboard/protocol/types';

import type { Messages } from '../../locales/messages.ts';

/** Why signing in or out failed: the key of a text for the person who tried, and its values. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly code: keyof Messages['signInProblem'];
  /** `here`: the origin of this page; `instead`: the address at which signing in works; `seconds`: how long to wait. */
  readonly values: { readonly here?: string; readonly instead?: string; readonly seconds?: number };
  constructor(
    code: SignInError['code'],
    { values = {}, cause }: { readonly values?: SignInError['values']; readonly cause?: unknown } = {},
  ) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.values = values;
  }
}

/** How long an answer may take, in milliseconds. The server checks a few passwords at a time. */
const TIMEOUT_MS = 60_000;

async function whyNot(response: Response): Promise<SignInError> {
  const { status } = response;
  if (status === 429) return tooMany((await paramsOf(response))['seconds']);
  if (status === 403) return notHere((await paramsOf(response))['origin']);
  // One text for every wrong input, so that it does not reveal which accounts exist.
  if ([400, 401, 422].includes(status)) return new SignInError('wrong');
  return new SignInError('notSignedIn');
}

function tooMany(seconds: unknown): SignInError {
  return typeof seconds === 'number' ? new SignInError('tooManyFor', { values: { seconds } }) : new SignInError('tooMany');
}

/** @param origin the address that this console is set up for, if the server has named one */
function notHere(origin: unknown): SignInError {
  const here = window.location.origin;
  const instead = originOf(origin);
  if (instead === undefined || instead === here) return new SignInError('refused', { values: { here } });
  return new SignInError('elsewhere', { values: { here, instead } });
}

function originOf(value: unknown): string | undefined {
  const isUrl = typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
  return isUrl ? new URL(value).origin : undefined;
}

/** The parameters of the error that the server answered. */
async function paramsOf(response: Response): Promise<ErrorParams> {
  try {
    const { error } = (await response.json()) as { readonly error?: Pick<WireError, 'params'> };
    return error?.params ?? {};
  } catch {
    // Not JSON: a proxy in front of the server refuses.
    return {};
  }
}

/** Notifies the other tabs, whose pages may belong to another operator: they look up whose session it is now. */
function notifyTabs(): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(SESSION_CHANNEL);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none: it never leaves this origin
  channel.postMessage('changed');
  channel.close();
}

/** @throws SignInError when the server does not answer */
export async function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
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
  notifyTabs();
}

/** Signs this operator out of this browser. @throws SignInError */
export async function signOut(operatorId: number): Promise<void> {
  const response = await post('/api/auth/sign-out', {}, { [OPERATOR_HEADER]: String(operatorId) });
  if (!response.ok) throw new SignInError('notSignedOut');
  notifyTabs();
}
