import { listChats } from '../../../../server/requests/handlers/chats.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const GET = listChats;
