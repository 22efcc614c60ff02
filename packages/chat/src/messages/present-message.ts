import { Prisma } from '@switchboard/database';
import { unreachable, UPLOADS_PATH, type MessageView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';

/** A row of `MESSAGE_COLUMNS`. */
export interface MessageRow extends Omit<MessageView, 'readAt' | 'createdAt'> {
  readonly readAt: Date | null;
  readonly createdAt: Date;
}

/**
 * The columns of a message `m` of the client `c`, with `MESSAGE_JOINS`. A message up to the other side's read mark counts as read even if its own column does
 * not say so yet: marks are raised at once, columns in bounded steps (see `flagRead`).
 */
export const MESSAGE_COLUMNS = Prisma.sql`m.id, m."messageKey", m.seq, m."clientId", m."senderType", m."messageType", m.text, m."imageUrl",
  m."imageName", m."mimeType", u.width AS "imageWidth", u.height AS "imageHeight", m."operatorId", o.name AS "operatorName",
  (m."isRead" OR m.seq <= CASE m."senderType" WHEN 'CLIENT' THEN c."operatorReadSeq" ELSE c."clientReadSeq" END) AS "isRead",
  m."readAt", m."createdAt"`;

const UPLOAD_PATTERN = `^${UPLOADS_PATH}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`;

/** The operator `o` and the upload `u` of a message `m`. Its URL may be a whole data URL, so only its beginning is compared. */
export const MESSAGE_JOINS = Prisma.sql`LEFT JOIN "User" o ON o.id = m."operatorId"
  LEFT JOIN "Upload" u ON u.id = substring(left(m."imageUrl", 100) FROM ${Prisma.raw(`'${UPLOAD_PATTERN}'`)})::uuid`;

/** A message as `actor` may see it: uploads with signed paths, times as ISO-8601, an operator's name, and their id for operators only. */
export function presentMessage(ctx: Pick<Context, 'signUpload'>, actor: Actor, row: MessageRow): MessageView {
  return {
    id: row.id,
    messageKey: row.messageKey,
    seq: row.seq,
    clientId: row.clientId,
    senderType: row.senderType,
    ...presentBody(ctx, row),
    operatorId: actor.kind === 'operator' ? row.operatorId : null,
    operatorName: row.operatorName,
    isRead: row.isRead,
    readAt: row.readAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

type BodyView = Pick<MessageView, 'messageType' | 'text' | 'imageUrl' | 'imageName' | 'mimeType' | 'imageWidth' | 'imageHeight'>;

function presentBody({ signUpload }: Pick<Context, 'signUpload'>, row: MessageRow): BodyView {
  const { messageType, text, imageUrl, imageName, mimeType, imageWidth, imageHeight } = row;
  switch (messageType) {
    case 'TEXT': // Its picture columns are empty, except perhaps in rows saved by the original guide's code.
    case 'IMAGE': {
      const url = imageUrl?.startsWith(UPLOADS_PATH) === true ? signUpload(imageUrl) : imageUrl;
      return { messageType, text, imageUrl: url, imageName, mimeType, imageWidth, imageHeight };
    }
    default:
      return unreachable(messageType);
  }
}
