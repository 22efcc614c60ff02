import { type TransferContent, readTransfer } from '@switchboard/presentation';
import { useEffect, useRef } from 'preact/hooks';

/** A browser opens what is dropped beside the places that take it, and the chat is gone. DynamicText may still be dropped into a field. */
export function preventDropNavigation(): void {
  for (const name of ['dragover', 'drop'] as const) {
    window.addEventListener(name, (event) => {
      const isForField = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
      if (isForField && event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
    });
  }
}

/** Gives `onDrop` what is dropped anywhere in the frame, but for words that go into a field by themselves. */
export function useDrop(onDrop: (handed: TransferContent) => void): void {
  const newest = useRef(onDrop);
  newest.current = onDrop;
  useEffect(() => {
    const drop = (event: DragEvent) => {
      // Kept out of the page by `preventDropNavigation`, which hears of it first.
      if (event.defaultPrevented) newest.current(readTransfer(event.dataTransfer));
    };
    window.addEventListener('drop', drop);
    return () => window.removeEventListener('drop', drop);
  }, []);
}
