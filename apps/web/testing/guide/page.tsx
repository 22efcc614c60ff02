import { GuidePanel } from './GuidePanel.tsx';

interface PageProps {
  readonly searchParams: Promise<{ readonly clientId?: string }>;
}

/** A page as somebody who builds on the guide adds one: a test copies it to `app/guide` and builds. It is part of no other build. */
export default async function GuidePage({ searchParams }: PageProps) {
  const { clientId } = await searchParams;
  return <GuidePanel clientId={Number(clientId)} />;
}
