import { demoPage } from '../../server/demo-page.ts';

export const dynamic = 'force-dynamic';

export const GET = demoPage;
