import { setBlocked } from '../../../../server/requests/handlers/visitors.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const POST = setBlocked;
