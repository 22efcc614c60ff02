import { demoPage } from '../../server/requests/demo-page.ts';

export const dynamic = 'force-dynamic';

export const GET = demoPage;
