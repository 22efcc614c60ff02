import { type TransferContent, readTransfer } from '@switchboard/presentation';
import { useEffect, useRef } from 'preact/hooks';

/** Prevents the browser from opening a dropped file or link in place of the chat. Text can still be dropped into a field. */
export function preventDropNavigation(): void {
  for (const name of ['dragover', 'drop'] as const) {
    window.addEventListener(name, (event) => {
      const isForField = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
      if (isForField && event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
    });
  }
}

/** Calls `onDrop` with the content that is dropped anywhere in the frame, except text that the browser inserts into a field. */
export function useDrop(onDrop: (content: TransferContent) => void): void {
  const newest = useRef(onDrop);
  newest.current = onDrop;
  useEffect(() => {
    const drop = (event: DragEvent) => {
      // Set by the listener of `preventDropNavigation`, which runs first.
      if (event.defaultPrevented) newest.current(readTransfer(event.dataTransfer));
    };
    window.addEventListener('drop', drop);
    return () => window.removeEventListener('drop', drop);
  }, []);
}
