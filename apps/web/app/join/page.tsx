import type { Metadata } from 'next';

import { JoinPage } from '../../components/join/JoinPage.tsx';
import { serverTexts } from '../../server/requests/locale.ts';

export async function generateMetadata(): Promise<Metadata> {
  const t = await serverTexts('join');
  return { title: t('pageTitle') };
}

/** The page of an invitation's link. The secret is in the fragment, which only the browser knows. */
export default function Page() {
  return <JoinPage />;
}
