import { ready } from '../../server/operations.ts';

export const dynamic = 'force-dynamic';

export const GET = ready;
