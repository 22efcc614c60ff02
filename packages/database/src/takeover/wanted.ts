/** A column that our tables of the guide's names have after the first migration. */
export interface Wanted {
  readonly name: string;
  readonly type:
    | 'text'
    | 'integer'
    | 'boolean'
    | 'timestamptz'
    | 'uuid'
    | 'MessageSenderType'
    | 'MessageType'
    | 'ClientStatus'
    | 'UserRole';
  readonly nullable?: boolean;
  /** Of new rows, in SQL. */
  readonly fallback?: string;
  /** What a row gets that has no value, in SQL; `at` gives a column of the table as SQL, or undefined when there is none by any of the names. */
  readonly fill?: (at: (...names: string[]) => string | undefined) => string;
  /** It can't be filled: without it this is no installation of the guide. */
  readonly required?: boolean;
}

const NOW = 'CURRENT_TIMESTAMP';
const text = (name: string): Wanted => ({ name, type: 'text', nullable: true });
const filled = (...parts: (string | undefined)[]) => `COALESCE(${parts.filter((part) => part !== undefined).join(', ')})`;
/** A text without space around it; null when nothing is left. */
const trimmed = (column: string | undefined) => (column === undefined ? undefined : `NULLIF(btrim(${column}::text), '')`);
const times = (created: string): Wanted[] => [
  { name: 'createdAt', type: 'timestamptz', fallback: NOW, fill: () => created },
  { name: 'updatedAt', type: 'timestamptz', fill: (at) => filled(at('createdAt'), created) },
];

/** Whole name from its halves, as far as they are there. */
const halves = (at: (...names: string[]) => string | undefined) => {
  const parts = [at('firstName', 'firstname', 'first_name'), at('lastName', 'lastname', 'last_name')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `NULLIF(btrim(concat_ws(' ', ${parts.join(', ')})), '')`;
};

/** The guide's three tables as we want them. Columns of theirs beside these stay. */
export const WANTED: Readonly<Record<'User' | 'Client' | 'ChatMessage', readonly Wanted[]>> = {
  User: [
    { name: 'id', type: 'integer', required: true },
    {
      name: 'name',
      type: 'text',
      fill: (at) =>
        filled(
          trimmed(at('username', 'fullName', 'fullname', 'full_name', 'displayName', 'display_name')),
          halves(at),
          at('email') === undefined ? undefined : `NULLIF(split_part(${at('email')}::text, '@', 1), '')`,
          `'Operator ' || id`,
        ),
    },
    { name: 'email', type: 'text', fill: () => `'operator-' || id || '@switchboard.invalid'` },
    {
      name: 'emailVerified',
      type: 'boolean',
      fallback: 'false',
      fill: (at) => (at('emailVerified') === undefined ? 'false' : `${at('emailVerified')} IS NOT NULL`),
    },
    text('image'),
    {
      name: 'role',
      type: 'UserRole',
      fallback: `'OPERATOR'`,
      fill: (at) =>
        at('role') === undefined
          ? `'OPERATOR'`
          : `(CASE WHEN lower(${at('role')}::text) IN ('admin', 'administrator', 'owner', 'root', 'superadmin', 'super_admin') THEN 'ADMIN' ELSE 'OPERATOR' END)::"UserRole"`,
    },
    ...times(NOW),
  ],
  Client: [
    { name: 'id', type: 'integer', required: true },
    {
      name: 'username',
      type: 'text',
      fill: (at) =>
        filled(
          ...['name', 'fullName', 'fullname', 'full_name', 'displayName', 'display_name'].map((name) => trimmed(at(name))),
          halves(at),
          trimmed(at('email')),
          trimmed(at('phone', 'phoneNumber', 'phone_number', 'mobile')),
          `'Visitor ' || id`,
        ),
    },
    { ...text('phone'), fill: (at) => at('phoneNumber', 'phone_number', 'mobile') ?? 'NULL' },
    text('email'),
    {
      name: 'status',
      type: 'ClientStatus',
      fallback: `'ACTIVE'`,
      fill: (at) =>
        at('status') === undefined
          ? `'ACTIVE'`
          : `(CASE WHEN lower(${at('status')}::text) IN ('ended', 'closed', 'done', 'finished', 'resolved', 'completed', 'archived') THEN 'ENDED' ELSE 'ACTIVE' END)::"ClientStatus"`,
    },
    ...times(`COALESCE((SELECT min(m."createdAt") FROM "ChatMessage" m WHERE m."clientId" = "Client".id), ${NOW})`),
    { name: 'endedAt', type: 'timestamptz', nullable: true },
    ...['lastSeq', 'unreadCount', 'clientDeliveredSeq', 'clientReadSeq', 'operatorDeliveredSeq', 'operatorReadSeq'].map((name): Wanted => ({
      name,
      type: 'integer',
      fallback: '0',
      fill: () => '0',
    })),
    { name: 'lastActivityAt', type: 'timestamptz', fallback: NOW, fill: (at) => filled(at('createdAt'), NOW) },
  ],
  ChatMessage: [
    { name: 'id', type: 'integer', required: true },
    { name: 'messageKey', type: 'uuid', fill: () => keyOf(`'message ' || id`) },
    { name: 'clientId', type: 'integer', required: true },
    { name: 'seq', type: 'integer', fill: () => `numbered.seq` },
    text('clientSocketId'),
    { name: 'senderType', type: 'MessageSenderType', required: true },
    { name: 'operatorId', type: 'integer', nullable: true },
    { name: 'messageType', type: 'MessageType', required: true },
    ...['text', 'imageUrl', 'imageName', 'mimeType', 'sessionId'].map(text),
    { name: 'isRead', type: 'boolean', fallback: 'false', fill: () => 'false' },
    { name: 'readAt', type: 'timestamptz', nullable: true },
    ...times(NOW),
    { name: 'savedAt', type: 'timestamptz', fallback: NOW, fill: (at) => at('createdAt') ?? NOW },
    { name: 'savedById', type: 'integer', nullable: true },
  ],
};

/** A UUID that is always the same for the same text: version 8, which is for such. */
export function keyOf(sql: string): string {
  const digest = `md5('switchboard guide ' || ${sql})`;
  return `overlay(overlay(${digest} placing '8' from 13 for 1) placing 'a' from 17 for 1)::uuid`;
}
