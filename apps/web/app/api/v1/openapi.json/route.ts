import { openApi } from '../../../../server/requests/handlers/documents.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const GET = openApi;
