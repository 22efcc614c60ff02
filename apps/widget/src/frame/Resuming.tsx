import { useEffect, useState } from 'preact/hooks';

import { useTexts } from './texts.ts';
import { DynamicText } from './DynamicText.tsx';

/** Milliseconds after which it is no matter of a moment any more. */
const LONG_MS = 5_000;

/** While the conversation from before is asked for: tried again by itself, and not without a word. */
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
