import { useEffect, useState } from 'preact/hooks';

import { useTexts } from './texts.ts';
import { DynamicText } from './DynamicText.tsx';

/** Milliseconds after which the text says that the server can't be reached. */
const LONG_MS = 5_000;

/** The screen while an earlier conversation is being resumed, which is retried automatically. */
export function Resuming() {
  const t = useTexts();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <output class="quiet">
      <DynamicText>{t(long ? 'resumingLong' : 'resuming')}</DynamicText>
    </output>
  );
}
