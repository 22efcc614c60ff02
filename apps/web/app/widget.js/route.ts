import { loader } from '../../server/requests/widget-routes.ts';

export const dynamic = 'force-dynamic';

export const GET = loader;
