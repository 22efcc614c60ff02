import { ChatError, type ErrorCode, type ErrorParams } from './errors.ts';

interface Reason {
  readonly code: ErrorCode;
  /** The English sentence of the error, with its parameters as `{name}`. */
  readonly message: string;
}

/** Reasons that visitors and operators can meet. Widget and console have a text for each. */
const FOR_EVERYBODY = {
  too_many_requests: { code: 'rate_limited', message: 'Too many requests. Try again in {seconds} s.' },
  not_a_picture: { code: 'unsupported_type', message: 'The file must be a PNG, JPEG, GIF or WebP image.' },
  /** Bytes. */
  picture_too_large: { code: 'too_large', message: 'The image has {size} bytes; at most {limit} bytes are allowed.' },
  picture_unreadable: { code: 'invalid_request', message: 'The image is damaged.' },
  picture_gone: {
    code: 'not_found',
    message: 'There is no such image in this conversation. An image that is not sent within a day is removed: attach it again.',
  },
} as const satisfies Readonly<Record<string, Reason>>;

/** Reasons for which the console has a text that says more than the text of the code. */
const FOR_OPERATORS = {
  database_away: { code: 'unavailable', message: 'The database does not answer. Try again in a few seconds.' },
  overloaded: { code: 'unavailable', message: 'The server is overloaded. Try again in a moment.' },
  storage_full: { code: 'unavailable', message: 'The server has no room to store this. Try again later.' },
  operator_changed: {
    code: 'unauthenticated',
    message: 'This page belongs to an operator who is no longer signed in here. Sign in again.',
  },
  note_changed: { code: 'conflict', message: 'The note has been changed or deleted meanwhile.' },
  tag_changed: { code: 'conflict', message: 'The tag has been changed meanwhile.' },
  tag_name_taken: { code: 'conflict', message: 'There is a tag with the name {name} already.' },
  canned_reply_changed: { code: 'conflict', message: 'The canned reply has been changed meanwhile.' },
  shortcut_taken: { code: 'conflict', message: 'There is a canned reply with the shortcut {shortcut} already.' },
  note_of_another: { code: 'forbidden', message: 'Only its author may change a note.' },
  canned_reply_of_others: {
    code: 'forbidden',
    message: 'Only a lead of the team, supervisors and administrators may change this canned reply.',
  },
  note_not_found: { code: 'not_found', message: 'There is no such note.' },
  tag_not_found: { code: 'not_found', message: 'There is no such tag.' },
  canned_reply_not_found: { code: 'not_found', message: 'There is no such canned reply.' },
  too_many_tags: { code: 'conflict', message: 'There are {limit} tags already. Remove one first.' },
  too_many_canned_replies: { code: 'conflict', message: 'There are {limit} canned replies of this kind already. Remove one first.' },
  no_chat: { code: 'conflict', message: 'There is no chat in this conversation yet: it begins with the first message.' },
  new_message: { code: 'conflict', message: 'There is a new message in this conversation. Read it first.' },
  taken_by: { code: 'conflict', message: '{name} has this chat now.' },
  nobody_has_it: { code: 'conflict', message: 'Nobody has this chat now.' },
  no_open_chat: { code: 'conflict', message: 'This conversation has no open chat.' },
  saved_view_not_found: { code: 'not_found', message: 'There is no such saved view.' },
  saved_view_changed: { code: 'conflict', message: 'The saved view has been changed meanwhile.' },
  saved_view_name_taken: { code: 'conflict', message: 'You have a saved view with the name {name} already.' },
  too_many_saved_views: { code: 'conflict', message: 'You have {limit} saved views already. Remove one first.' },
  email_taken: { code: 'conflict', message: 'There is an operator with the e-mail {email} already.' },
  invitation_not_found: { code: 'not_found', message: 'This link is not valid.' },
  invitation_used: { code: 'conflict', message: 'This link has been used already.' },
  invitation_expired: { code: 'not_found', message: 'This link has expired or was revoked.' },
  last_administrator: {
    code: 'conflict',
    message: 'This is the last administrator. Make another operator an administrator first.',
  },
  picture_too_many_pixels: {
    code: 'too_large',
    message: 'The image has too many pixels: at most {limit} million are allowed, all frames together.',
  },
  picture_frame_too_large: {
    code: 'too_large',
    message: 'A frame of the animation has too many pixels: at most {limit} million are allowed.',
  },
  picture_too_many_frames: { code: 'too_large', message: 'The animation has too many frames: at most {limit} are allowed.' },
  picture_too_many_scans: { code: 'too_large', message: 'The image has too many scans: at most {limit} are allowed.' },
} as const satisfies Readonly<Record<string, Reason>>;

/** Reasons for which screens show the text of the code, or a text of their own form: the sentence is for developers. */
const FOR_DEVELOPERS = {
  invalid_field: { code: 'invalid_request', message: '{field}: {problem}' },
  not_json: { code: 'invalid_request', message: 'The body is not JSON.' },
  not_an_object: { code: 'invalid_request', message: 'The body must be a JSON object.' },
  json_too_deep: { code: 'invalid_request', message: 'The body is nested too deep: at most {limit} levels are allowed.' },
  json_too_many_values: { code: 'invalid_request', message: 'The body has too many values: at most {limit} are allowed.' },
  form_incomplete: { code: 'invalid_request', message: 'The body is not a complete multipart form.' },
  form_without_boundary: { code: 'invalid_request', message: 'The content type must name the boundary of its parts.' },
  form_too_many_parts: { code: 'invalid_request', message: 'The form has too many parts: at most {limit} are allowed.' },
  form_headers_too_long: { code: 'invalid_request', message: 'The headers of a part of the form must end within {limit} bytes.' },
  foreign_target: { code: 'invalid_request', message: 'The request must name a path of this server.' },
  request_aborted: { code: 'invalid_request', message: 'The connection ended before the request was complete.' },
  two_cursors: { code: 'invalid_request', message: 'Send afterSeq or beforeSeq, not both.' },
  value_not_storable: { code: 'invalid_request', message: 'The request holds a value that cannot be stored.' },

  sign_in_required: { code: 'unauthenticated', message: 'Sign in first.' },
  token_required: { code: 'unauthenticated', message: 'A visitor token or a signed-in operator is needed.' },
  visitor_token_required: { code: 'unauthenticated', message: 'A visitor token is needed.' },
  token_invalid: { code: 'unauthenticated', message: 'The token is invalid or has expired.' },
  chat_ended: { code: 'unauthenticated', message: 'This chat has ended.' },
  metrics_token_required: { code: 'unauthenticated', message: 'A metrics token is required.' },

  foreign_page: { code: 'forbidden', message: 'This request must come from a page of this system, such as {origin}.' },
  operators_only: { code: 'forbidden', message: 'Only operators may do this.' },
  supervisors_only: { code: 'forbidden', message: 'Only supervisors and administrators may do this.' },
  administrators_only: { code: 'forbidden', message: 'Only administrators may do this.' },
  visitors_only: { code: 'forbidden', message: 'Only a visitor may do this.' },
  installation_only: { code: 'forbidden', message: 'Only the installation itself may do this.' },
  upload_required: { code: 'forbidden', message: 'Visitors can send only images that they uploaded here.' },
  link_expired: { code: 'forbidden', message: 'This link has expired. Load the conversation again.' },
  link_invalid: { code: 'forbidden', message: 'This link is invalid.' },
  metrics_private: { code: 'forbidden', message: 'Without a metrics token, metrics are for direct connections from nearby machines only.' },
  you_are_blocked: { code: 'blocked', message: 'You can’t use this chat any more.' },
  visitor_blocked: { code: 'blocked', message: 'This visitor is blocked. Unblock them first.' },

  conversation_not_found: { code: 'not_found', message: 'There is no such conversation.' },
  team_not_found: { code: 'not_found', message: 'There is no such team.' },
  inbox_not_found: { code: 'not_found', message: 'There is no such inbox.' },
  no_such_operator: { code: 'not_found', message: 'There is no such operator.' },
  operator_not_found: { code: 'not_found', message: 'There is no operator with the e-mail {email}.' },
  image_not_found: { code: 'not_found', message: 'There is no such image.' },
  file_not_found: { code: 'not_found', message: 'There is no such file.' },
  route_not_found: { code: 'not_found', message: 'There is no such route.' },

  email_taken: { code: 'conflict', message: 'There is an operator with the e-mail {email} already.' },
  assignee_unknown: { code: 'invalid_request', message: 'There is no such operator to assign it to.' },
  team_unknown: { code: 'invalid_request', message: 'There is no such team.' },
  team_name_taken: { code: 'conflict', message: 'There is a team with the name {name} already.' },
  team_changed: { code: 'conflict', message: 'The team has been changed meanwhile.' },
  inbox_changed: { code: 'conflict', message: 'The inbox has been changed meanwhile.' },
  default_inbox: { code: 'conflict', message: 'This is the default inbox. Make another one the default first.' },
  setting_changed: { code: 'conflict', message: 'The setting {key} has been changed meanwhile.' },
  conversation_changed: { code: 'conflict', message: 'The conversation has been changed meanwhile.' },
  note_key_taken: { code: 'conflict', message: 'The note key {noteKey} belongs to the note of another operator.' },
  message_key_taken: { code: 'conflict', message: 'The message key {messageKey} belongs to the message of another operator.' },

  request_too_large: { code: 'too_large', message: 'The request is too large: at most {limit} bytes are allowed.' },
  length_required: { code: 'too_large', message: 'The request must say how large its body is.' },
  json_required: { code: 'unsupported_type', message: 'The content type must be application/json.' },
  form_required: { code: 'unsupported_type', message: 'The content type must be multipart/form-data.' },

  /** Shown by the form to sign in. */
  too_many_sign_ins: { code: 'rate_limited', message: 'Too many attempts for this account. Try again in {seconds} s.' },
  too_many_bytes: { code: 'rate_limited', message: 'Too many bytes are being sent at once from here. Try again in a moment.' },
  too_many_waiting: { code: 'rate_limited', message: 'Too many of your messages are waiting to be saved. Try again in a moment.' },

  not_saving: { code: 'unavailable', message: 'Nothing can be saved at the moment. Try again in a few seconds.' },
  shutting_down: { code: 'unavailable', message: 'The server is shutting down.' },
  saved_meanwhile: { code: 'unavailable', message: 'Other requests kept saving the same messages. Try again.' },
  request_too_slow: { code: 'unavailable', message: 'The request arrived too slowly. Try again.' },
  setting_unusable: { code: 'unavailable', message: 'This version can’t use the stored value of the setting {key}.' },
  widget_not_built: { code: 'unavailable', message: 'The widget has not been built: npm run build -w @switchboard/widget' },
  unexpected: { code: 'internal', message: 'Something went wrong on the server. The cause is in its log.' },
} as const satisfies Readonly<Record<string, Reason>>;

/** Why a request is refused, more precisely than its code: reason → code and English sentence. */
export const REASONS = { ...FOR_EVERYBODY, ...FOR_OPERATORS, ...FOR_DEVELOPERS };

export type ReasonName = keyof typeof REASONS;
/** Reasons that the widget's frame words. */
export type VisitorReason = keyof typeof FOR_EVERYBODY;
/** Reasons that the console words. */
export type OperatorReason = keyof typeof FOR_OPERATORS | VisitorReason;

type ParamName<M extends string> = M extends `${string}{${infer P}}${infer Rest}` ? P | ParamName<Rest> : never;
/** The parameters of a reason: the names in braces of its sentence. */
export type ParamsOf<R extends ReasonName> = Readonly<Record<ParamName<(typeof REASONS)[R]['message']>, string | number>>;
type Detail = Omit<ConstructorParameters<typeof ChatError>[2] & object, 'reason' | 'params'>;
/** The parameters may be left out where a reason has none. */
type Given<R extends ReasonName> = keyof ParamsOf<R> extends never
  ? [params?: undefined, detail?: Detail]
  : [params: ParamsOf<R>, detail?: Detail];

/** The error for a reason: its code, its sentence with these parameters, and both for programs. */
export function errorFor<R extends ReasonName>(reason: R, ...[params, detail]: Given<R>): ChatError {
  const { code, message } = REASONS[reason];
  return new ChatError(code, sentence(message, params), { ...detail, reason, ...(params === undefined ? {} : { params }) });
}

function sentence(message: string, params: ErrorParams = {}): string {
  return message.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}

/** The names of a reason's parameters, in the order of its sentence. */
export function paramNames(reason: ReasonName): readonly string[] {
  return [...REASONS[reason].message.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** The error for one invalid field. @param problem what is expected of it, after the field's name: `must be …` */
export function invalidField(field: string, problem: string): ChatError {
  return errorFor('invalid_field', { field, problem }, { fields: { [field]: problem } });
}
