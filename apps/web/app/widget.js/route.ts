import { loader } from '../../server/widget-routes.ts';

export const dynamic = 'force-dynamic';

export const GET = loader;
