'use client';

import { FailurePage } from '../components/FailurePage.tsx';

export default function ErrorPage() {
  return <FailurePage />;
}
