import type { Metadata } from 'next';
import { redirect } from 'next/navigation';

import { safeNext } from '../../components/sign-in/safe-next.ts';
import { SignInPage } from '../../components/sign-in/SignInPage.tsx';
import { serverTexts } from '../../server/requests/locale.ts';
import { currentOperator } from '../../server/requests/session.ts';
import { services } from '../../server/services/services.ts';

export async function generateMetadata(): Promise<Metadata> {
  const t = await serverTexts('signIn');
  return { title: t('pageTitle') };
}

interface PageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}

export default async function Page({ searchParams }: PageProps) {
  const { next } = await searchParams;
  const target = safeNext(typeof next === 'string' ? next : null);
  if ((await currentOperator()) !== undefined) redirect(target);
  return <SignInPage installation={services().settings.value('installation.name')} next={target} />;
}
