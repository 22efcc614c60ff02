import { ChatError, ERRORS, type ErrorCode } from '@switchboard/protocol/errors';

const OWN_KEYS = [
  'unknown',
  'too_many_pictures',
  'not_a_picture',
  'picture_too_large',
  'picture_unreadable',
  'picture_gone',
  'picture_stuck',
  /** A message that was not sent before its conversation ended. */
  'left_over',
  /** A message whose conversation the server no longer has. */
  'lost',
] as const;

/** What went wrong, as the key of a text. The codes of the protocol are among them: what the server refuses is worded by its code. `not_joined` is the relay's. */
export type ProblemKey = Exclude<ErrorCode, 'not_joined'> | (typeof OWN_KEYS)[number];

/** Whether a text is such a key: what is kept of a message that was refused was a sentence in older builds. */
export function isProblemKey(text: string): text is ProblemKey {
  return (Object.hasOwn(ERRORS, text) && text !== 'not_joined') || OWN_KEYS.some((key) => key === text);
}

/** What went wrong, for the screens to word in the reader's language. */
export interface Problem {
  readonly key: ProblemKey;
  /** Name of the file it is about; undefined where there is only one that it can be about. */
  readonly name?: string | undefined;
  /** Megabytes that a file has, rounded up to a tenth. */
  readonly size?: number;
  /** The most that is possible: megabytes, rounded down to a tenth, or pictures. */
  readonly limit?: number;
}

/** A problem that was noticed here, before the server was asked. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly problem: Problem) {
    super(problem.key);
  }
}

/** The problem that an error stands for. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof ChatError)) return { key: 'unknown' };
  const { fields = {} } = error.detail;
  if (fields['picture'] !== undefined) return { key: error.code === 'invalid_request' ? 'picture_gone' : 'picture_stuck' };
  // The server could not decode the upload.
  if (error.code === 'invalid_request' && fields['file'] !== undefined) return { key: 'picture_unreadable' };
  return { key: error.code === 'not_joined' ? 'unavailable' : error.code };
}

const tenths = (bytes: number) => (bytes / 1024 / 1024) * 10;

/** A picture has more bytes than it may have. */
export function tooLarge(name: string | undefined, bytes: number, maxBytes: number): Problem {
  return { key: 'picture_too_large', name, size: Math.ceil(tenths(bytes)) / 10, limit: Math.floor(tenths(maxBytes)) / 10 };
}
