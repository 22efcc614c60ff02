import { useEffect, useState } from 'react';

/** The time of the last check for midnight: renders again when the day changes, so that `Today` is never wrong. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const check = () => setNow((before) => (before.toDateString() === new Date().toDateString() ? before : new Date()));
    const timer = setInterval(check, 30_000);
    document.addEventListener('visibilitychange', check);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', check);
    };
  }, []);
  return now;
}
