import { type Problem, isProblemKey, problemOf } from '@switchboard/client';
import type { OperatorReason } from '@switchboard/protocol/types';

import type { Texts } from './texts.ts';

/** What went wrong, in a sentence for the person who tried. */
export function problemText({ key, reason, params, name, size = 0, limit = 0 }: Problem, t: Texts<'problem'>): string {
  const subject = name ?? t(key === 'not_a_picture' ? 'thatFile' : 'thatPicture');
  return t(isWorded(reason, t) ? reason : key, { subject, size, limit, ...params });
}

/** Whether the console has a text for a reason: a newer server may send others. */
function isWorded(reason: string | undefined, t: Texts<'problem'>): reason is OperatorReason {
  return reason !== undefined && t.has(reason as OperatorReason);
}

/** The sentence for a thrown error. */
export function errorText(error: unknown, t: Texts<'problem'>): string {
  return problemText(problemOf(error), t);
}

/** Why a message was not sent. A sentence that an older build stored is shown as it is. */
export function failureText(failure: string, t: Texts<'problem'>): string {
  return isProblemKey(failure) ? problemText({ key: failure }, t) : failure;
}
