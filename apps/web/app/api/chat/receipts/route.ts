import { saveReceipts } from '../../../../server/requests/handlers/receipts.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const POST = saveReceipts;
