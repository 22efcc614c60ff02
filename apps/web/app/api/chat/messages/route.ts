import { readMessages, saveMessages } from '../../../../server/requests/handlers/messages.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const GET = readMessages;
export const POST = saveMessages;
