import { type Problem, isProblemKey, problemOf } from '@switchboard/client';

import type { Texts } from './texts.ts';

/** What went wrong, in a sentence for the person who tried. */
export function problemText({ key, name, size = 0, limit = 0 }: Problem, t: Texts<'problem'>): string {
  const subject = name ?? t(key === 'not_a_picture' ? 'thatFile' : 'thatPicture');
  return t(key, { subject, size, limit });
}

/** The sentence for something that was thrown. */
export function errorText(error: unknown, t: Texts<'problem'>): string {
  return problemText(problemOf(error), t);
}

/** Why a message was not sent. A sentence that an older build has kept stays as it is. */
export function failureText(failure: string, t: Texts<'problem'>): string {
  return isProblemKey(failure) ? problemText({ key: failure }, t) : failure;
}
