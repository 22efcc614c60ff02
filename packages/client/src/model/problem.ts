import { ChatError, ERRORS, type ErrorCode, type ErrorParams } from '@switchboard/protocol/errors';

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

/** What went wrong, as the key of a text. It includes the protocol's error codes, which name what the server refuses; `not_joined` occurs only on the relay. */
export type ProblemKey = Exclude<ErrorCode, 'not_joined'> | (typeof OWN_KEYS)[number];

/** Whether a text is a `ProblemKey`: older builds stored a sentence with a refused message. */
export function isProblemKey(text: string): text is ProblemKey {
  return (Object.hasOwn(ERRORS, text) && text !== 'not_joined') || OWN_KEYS.some((key) => key === text);
}

/** What went wrong; the screens put it into words in the reader's language. */
export interface Problem {
  readonly key: ProblemKey;
  /** The server's reason, more precise than the key. A screen without a text for it shows the text of the key. */
  readonly reason?: string | undefined;
  /** The parameters of the reason. */
  readonly params?: ErrorParams | undefined;
  /** Name of the file that the problem is about; undefined where only one file is possible. */
  readonly name?: string | undefined;
  /** Size of the file in megabytes, rounded up to a tenth. */
  readonly size?: number;
  /** The limit: megabytes, rounded down to a tenth, or a number of pictures. */
  readonly limit?: number;
}

/** A problem that the client detected before it sent a request. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly problem: Problem) {
    super(problem.key);
  }
}

/** The problem that an error describes. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof ChatError)) return { key: 'unknown' };
  const { fields = {}, reason, params } = error.detail;
  if (fields['picture'] !== undefined) return { key: error.code === 'invalid_request' ? 'picture_gone' : 'picture_stuck' };
  if (reason === 'picture_too_large') return tooLarge(undefined, Number(params?.['size']), Number(params?.['limit']));
  // A problem that the client detects, too, but here the server detected it.
  const own = OWN_KEYS.find((key) => key === reason);
  if (own !== undefined) return { key: own };
  return { key: error.code === 'not_joined' ? 'unavailable' : error.code, reason, params };
}

const tenths = (bytes: number) => (bytes / 1024 / 1024) * 10;

/** The problem of a picture with too many bytes. */
export function tooLarge(name: string | undefined, bytes: number, maxBytes: number): Problem {
  return { key: 'picture_too_large', name, size: Math.ceil(tenths(bytes)) / 10, limit: Math.floor(tenths(maxBytes)) / 10 };
}
