import { figures } from '../../server/requests/operations.ts';

export const dynamic = 'force-dynamic';

export const GET = figures;
