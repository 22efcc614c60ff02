import { ChatError } from '@switchboard/protocol/errors';

/** Why something was not sent, in a sentence for the person who tried. */
export function plainReason(error: unknown): string {
  if (!(error instanceof ChatError)) return 'That did not work. Try it again.';
  if (error.code === 'unsupported_type') return 'That file is not a picture that can be sent. Use PNG, JPEG, GIF or WebP.';
  if (error.code === 'too_large') return 'That picture is too large. Send a smaller one.';
  return error.message;
}
