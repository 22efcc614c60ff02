/** A column that one of the guide's tables has after our first migration. */
export interface TargetColumn {
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
  /** The default for new rows, in SQL. */
  readonly fallback?: string;
  /** The value of rows without one, in SQL. `at` returns the SQL of the first existing column of these names, or undefined. */
  readonly fill?: (at: (...names: string[]) => string | undefined) => string;
  /** Whether the table must already have it, because it can't be filled. */
  readonly required?: boolean;
}

const NOW = 'CURRENT_TIMESTAMP';
const text = (name: string): TargetColumn => ({ name, type: 'text', nullable: true });
const firstNonNull = (...parts: (string | undefined)[]) => `COALESCE(${parts.filter((part) => part !== undefined).join(', ')})`;
/** A trimmed text, null when it is empty. */
const trimmed = (column: string | undefined) => (column === undefined ? undefined : `NULLIF(btrim(${column}::text), '')`);
const times = (created: string): TargetColumn[] => [
  { name: 'createdAt', type: 'timestamptz', fallback: NOW, fill: () => created },
  { name: 'updatedAt', type: 'timestamptz', fill: (at) => firstNonNull(at('createdAt'), created) },
];

/** The full name from first and last name, where these columns exist. */
const fullName = (at: (...names: string[]) => string | undefined) => {
  const parts = [at('firstName', 'firstname', 'first_name'), at('lastName', 'lastname', 'last_name')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `NULLIF(btrim(concat_ws(' ', ${parts.join(', ')})), '')`;
};

/** The target columns of the guide's three tables. Other columns stay. */
export const TARGET_COLUMNS: Readonly<Record<'User' | 'Client' | 'ChatMessage', readonly TargetColumn[]>> = {
  User: [
    { name: 'id', type: 'integer', required: true },
    {
      name: 'name',
      type: 'text',
      fill: (at) =>
        firstNonNull(
          trimmed(at('username', 'fullName', 'fullname', 'full_name', 'displayName', 'display_name')),
          fullName(at),
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
        firstNonNull(
          ...['name', 'fullName', 'fullname', 'full_name', 'displayName', 'display_name'].map((name) => trimmed(at(name))),
          fullName(at),
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
    ...['lastSeq', 'unreadCount', 'clientDeliveredSeq', 'clientReadSeq', 'operatorDeliveredSeq', 'operatorReadSeq'].map(
      (name): TargetColumn => ({
        name,
        type: 'integer',
        fallback: '0',
        fill: () => '0',
      }),
    ),
    { name: 'lastActivityAt', type: 'timestamptz', fallback: NOW, fill: (at) => firstNonNull(at('createdAt'), NOW) },
  ],
  ChatMessage: [
    { name: 'id', type: 'integer', required: true },
    { name: 'messageKey', type: 'uuid', fill: () => deterministicUuid(`'message ' || id`) },
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

/** SQL for a UUID that is always the same for the same text: version 8, which is meant for custom schemes. */
export function deterministicUuid(sql: string): string {
  const digest = `md5('switchboard guide ' || ${sql})`;
  return `overlay(overlay(${digest} placing '8' from 13 for 1) placing 'a' from 17 for 1)::uuid`;
}
