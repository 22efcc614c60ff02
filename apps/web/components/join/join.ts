import { ChatError, ERRORS, type WireError } from '@switchboard/protocol/errors';
import type { AnswerOf, JsonCallName, RequestOf } from '@switchboard/protocol/types';

import { post, signIn } from '../sign-in/sign-in.ts';

/** What the page of a link shows. */
export type Invitation = AnswerOf<'POST /api/v1/invitations/check'>;

/** The account that somebody asks for. `token`: the secret of the link. */
export type NewAccount = RequestOf<'POST /api/v1/invitations/accept'>['body'];

/** @throws ChatError when the link does not work, SignInError when the server does not answer */
export async function checkLink(token: string): Promise<Invitation> {
  return await ask('POST /api/v1/invitations/check', { token });
}

/**
 * Creates the account and signs this browser in. Where the link has been used already, it may have been by an earlier attempt whose answer was lost: then this
 * signs in.
 *
 * @throws ChatError when there is no account, SignInError when there may be one and signing in failed
 */
export async function join(account: NewAccount): Promise<void> {
  try {
    await ask('POST /api/v1/invitations/accept', account);
  } catch (error) {
    if (!(error instanceof ChatError) || error.detail.reason !== 'invitation_used') throw error;
    // The link was used by somebody else if these are not their e-mail and password.
    await signIn(account.email, account.password).catch(() => {
      throw error;
    });
    return;
  }
  await signIn(account.email, account.password);
}

async function ask<N extends JsonCallName & `POST ${string}`>(name: N, body: object): Promise<AnswerOf<N>> {
  const response = await post(name.slice('POST '.length), body);
  if (response.ok) return (await response.json()) as AnswerOf<N>;
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ChatError> {
  try {
    const { error } = (await response.json()) as { readonly error: WireError };
    if (Object.hasOwn(ERRORS, error.code)) return new ChatError(error.code, error.message, { reason: error.reason, params: error.params });
  } catch {
    // Not JSON: a proxy in front of the server refuses.
  }
  return new ChatError('internal', `The server answered ${response.status}.`);
}
