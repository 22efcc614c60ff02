import { listSettings, setSettings } from '../../../../server/requests/handlers/settings.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const GET = listSettings;
export const PATCH = setSettings;
