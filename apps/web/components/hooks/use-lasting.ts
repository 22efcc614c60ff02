import { useEffect, useState } from 'react';

/** Whether `holds` has been true for `ms` milliseconds without interruption. */
export function useLasting(holds: boolean, ms: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    const timer = holds ? setTimeout(() => setLasts(true), ms) : undefined;
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [holds, ms]);
  return holds && lasts;
}
