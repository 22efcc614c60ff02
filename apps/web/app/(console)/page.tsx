import { redirect } from 'next/navigation';

import { OperatorChatPanel } from '../../components/OperatorChatPanel.tsx';
import { services } from '../../server/services/services.ts';
import { currentOperator } from '../../server/requests/session.ts';

interface PageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}

/** The console, for signed-in operators. */
export default async function ConsolePage({ searchParams }: PageProps) {
  const { c, view } = await searchParams;
  const operator = await currentOperator();
  if (operator === undefined) {
    const place = new URLSearchParams({ ...(typeof view === 'string' ? { view } : {}), ...(typeof c === 'string' ? { c } : {}) });
    redirect(place.size === 0 ? '/sign-in' : `/sign-in?next=${encodeURIComponent(`/?${place.toString()}`)}`);
  }
  const { id, name, email } = operator;
  const { relay, maxImageBytes, debugSockets } = services().config;
  const settings = { relay, maxImageBytes, debug: debugSockets };
  return <OperatorChatPanel operator={{ id, name, email }} {...settings} opening={typeof c === 'string'} />;
}
