import { Prisma, type MessageType } from '@switchboard/database';
import { MESSAGE_TYPES, unreachable, type MessageBody } from '@switchboard/protocol';

/** A picture as it is stored in its message. */
interface StoredImage {
  readonly url: string;
  readonly name: string | null;
  readonly mimeType: string | null;
}

/** The values of a message's row. */
export interface MessageValues {
  readonly messageKey: string;
  readonly clientSocketId: string | null;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  readonly body: MessageBody<StoredImage>;
  readonly sessionId: string | null;
  readonly createdAt: Date;
  readonly savedById: number | null;
}

/** A message to insert. */
export interface NewRow {
  readonly message: MessageValues;
  readonly clientId: number;
  /** Its number, or an offset that the statement turns into it. */
  readonly seq: number;
}

interface BodyColumns {
  readonly messageType: MessageType;
  readonly text: string | null;
  readonly imageUrl: string | null;
  readonly imageName: string | null;
  readonly mimeType: string | null;
}

function bodyColumns(body: MessageBody<StoredImage>): BodyColumns {
  const messageType = MESSAGE_TYPES[body.type];
  switch (body.type) {
    case 'text':
      return { messageType, text: body.text, imageUrl: null, imageName: null, mimeType: null };
    case 'image': {
      const { url, name, mimeType } = body.image;
      return { messageType, text: body.text, imageUrl: url, imageName: name, mimeType };
    }
    default:
      return unreachable(body);
  }
}

interface Column {
  readonly name: string;
  /** Its type in PostgreSQL. */
  readonly type: string;
  readonly read: (row: NewRow, body: BodyColumns) => unknown;
}

/** Every column that is filled from a message. */
const COLUMNS = [
  { name: 'messageKey', type: 'uuid', read: ({ message }) => message.messageKey },
  { name: 'clientId', type: 'int', read: (row) => row.clientId },
  { name: 'seq', type: 'int', read: (row) => row.seq },
  { name: 'clientSocketId', type: 'text', read: ({ message }) => message.clientSocketId },
  { name: 'senderType', type: '"MessageSenderType"', read: ({ message }) => message.senderType },
  { name: 'operatorId', type: 'int', read: ({ message }) => message.operatorId },
  { name: 'messageType', type: '"MessageType"', read: (_, body) => body.messageType },
  { name: 'text', type: 'text', read: (_, body) => body.text },
  { name: 'imageUrl', type: 'text', read: (_, body) => body.imageUrl },
  { name: 'imageName', type: 'text', read: (_, body) => body.imageName },
  { name: 'mimeType', type: 'text', read: (_, body) => body.mimeType },
  { name: 'sessionId', type: 'text', read: ({ message }) => message.sessionId },
  { name: 'createdAt', type: 'timestamptz', read: ({ message }) => message.createdAt.toISOString() },
  { name: 'savedById', type: 'int', read: ({ message }) => message.savedById },
] as const satisfies readonly Column[];
type ColumnName = (typeof COLUMNS)[number]['name'];
const LIST = COLUMNS.map(({ name }) => `"${name}"`).join(', ');

/** Values that the surrounding statement computes, as SQL. */
interface Around {
  /** Column → expression that replaces the value of the row `m`. */
  readonly instead?: { readonly [Name in ColumnName]?: string };
  /** A join with the rows `m`; rows without a match are not inserted. */
  readonly join?: string;
}

/**
 * Builds the `INSERT` of messages, without `RETURNING`. It is the only one, so every way of saving produces the same row. Its text is built
 * once, because this is done for every message.
 *
 * @returns the statement for these rows; `at`: when they are saved, ISO-8601
 */
export function insertOfMessages({ instead = {}, join = '' }: Around = {}): (rows: readonly NewRow[], at: string) => Prisma.Sql {
  const values = COLUMNS.map(({ name }) => instead[name] ?? `m."${name}"`).join(', ');
  const text = [
    `INSERT INTO "ChatMessage" (${LIST}, "savedAt", "updatedAt") SELECT ${values}, `,
    '::timestamptz, ',
    '::timestamptz FROM unnest(',
    ...COLUMNS.map(({ type }, index) => (index === COLUMNS.length - 1 ? `::${type}[]) AS m(${LIST}) ${join}` : `::${type}[], `)),
  ];
  return (rows, at) => {
    const read = rows.map((row) => ({ row, body: bodyColumns(row.message.body) }));
    const arrays = COLUMNS.map((column) => filled(read.map(({ row, body }) => column.read(row, body))));
    return new Prisma.Sql(text, [at, at, ...arrays]);
  };
}

/** `unnest` pads shorter arrays with NULL, so a column without values needs no array: most messages have neither picture nor operator. */
function filled(values: readonly unknown[]): readonly unknown[] {
  return values.every((value) => value === null) ? [] : values;
}
