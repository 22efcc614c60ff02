import { endConversation } from '../../../../server/requests/handlers/sessions.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const POST = endConversation;
