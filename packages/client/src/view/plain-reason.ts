import { ChatError } from '@switchboard/protocol/errors';

/** Bytes in words, rounded by `round` to a tenth of a megabyte. */
function megabytes(bytes: number, round: (tenths: number) => number): string {
  return `${round((bytes / 1024 / 1024) * 10) / 10} MB`;
}

/** Says that a picture has more bytes than it may have, and both numbers. `subject` begins the sentence. */
export function tooLarge(subject: string, bytes: number, maxBytes: number): string {
  return `${subject} has ${megabytes(bytes, Math.ceil)}; ${megabytes(maxBytes, Math.floor)} is the limit.`;
}

/** Says that a file is none of the kinds that can be sent. `subject` begins the sentence. */
export function notAPicture(subject: string): string {
  return `${subject} is not a picture that can be sent. Use PNG, JPEG, GIF or WebP.`;
}

/** Why something was not sent, in a sentence for the person who tried. */
export function plainReason(error: unknown): string {
  if (!(error instanceof ChatError)) return 'That did not work. Try it again.';
  return error.message;
}
