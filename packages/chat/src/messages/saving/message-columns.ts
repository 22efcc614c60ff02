import { Prisma, type MessageType } from '@switchboard/database';
import { MESSAGE_TYPES, unreachable, type MessageBody } from '@switchboard/protocol';

/** A picture as its message keeps it. */
export interface StoredImage {
  readonly url: string;
  readonly name: string | null;
  readonly mimeType: string | null;
}

/** A message to insert, but for what the statement itself knows. */
export interface NewRow {
  readonly messageKey: string;
  readonly clientId: number;
  /** Its number, or what the statement makes that of. */
  readonly seq: number;
  readonly clientSocketId: string | null;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  readonly body: MessageBody<StoredImage>;
  readonly sessionId: string | null;
  readonly createdAt: Date;
  readonly savedById: number | null;
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

type Columns = Omit<NewRow, 'body' | 'createdAt'> & BodyColumns & { readonly createdAt: string };

/** Every column that is filled from a message, with its type in PostgreSQL. */
const TYPES: Readonly<Record<keyof Columns, string>> = {
  messageKey: 'uuid',
  clientId: 'int',
  seq: 'int',
  clientSocketId: 'text',
  senderType: '"MessageSenderType"',
  operatorId: 'int',
  messageType: '"MessageType"',
  text: 'text',
  imageUrl: 'text',
  imageName: 'text',
  mimeType: 'text',
  sessionId: 'text',
  createdAt: 'timestamptz',
  savedById: 'int',
};
const NAMES = Object.keys(TYPES) as (keyof Columns)[];
const LIST = Prisma.raw(NAMES.map((name) => `"${name}"`).join(', '));

interface Insertion {
  /** When they are saved, ISO-8601. */
  readonly at: string;
  /** What to put into a column instead of what the row `m` says. */
  readonly instead?: { readonly [Name in keyof Columns]?: Prisma.Sql };
  /** Joined to the rows `m`, which leaves out those without a partner. */
  readonly join?: Prisma.Sql;
}

/** The `INSERT` of messages, without `RETURNING`. The only one there is: whichever way a message is saved, its row is the same. */
export function insertMessages(rows: readonly NewRow[], { at, instead = {}, join = Prisma.empty }: Insertion): Prisma.Sql {
  const messages = rows.map(({ body, createdAt, ...row }): Columns => ({
    ...row,
    ...bodyColumns(body),
    createdAt: createdAt.toISOString(),
  }));
  const arrays = NAMES.map((name) => {
    const values = messages.map((message) => message[name]);
    // `unnest` fills up what is short with NULL: most messages have neither picture nor operator, and need not say so one by one.
    return Prisma.sql`${values.every((value) => value === null) ? [] : values}::${Prisma.raw(TYPES[name])}[]`;
  });
  const values = NAMES.map((name) => instead[name] ?? Prisma.raw(`m."${name}"`));
  return Prisma.sql`INSERT INTO "ChatMessage" (${LIST}, "savedAt", "updatedAt")
      SELECT ${Prisma.join(values)}, ${at}::timestamptz, ${at}::timestamptz FROM unnest(${Prisma.join(arrays)}) AS m(${LIST}) ${join}`;
}
