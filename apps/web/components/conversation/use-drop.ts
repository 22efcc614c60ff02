import { type TransferContent, readTransfer } from '@switchboard/presentation';
import { useRef, useState, type DragEvent } from 'react';

export interface Drop {
  /** Files are held over the element. */
  readonly over: boolean;
  readonly handlers: {
    readonly onDragEnter: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
/** Browsers insert dropped text into a field at the right position. */
const isLeftToField = (event: DragEvent) => event.target instanceof HTMLTextAreaElement && !hasFiles(event);

/** Lets files and text be dropped onto an element and its children. Anything else is refused, never opened by the browser. */
export function useDrop(enabled: boolean, take: (handed: TransferContent) => void): Drop {
  // A child gets `dragenter` before its parent gets `dragleave`.
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const move = (event: DragEvent, by: number) => {
    if (isLeftToField(event)) return;
    // Otherwise the browser would open it in place of the console.
    event.preventDefault();
    if (!enabled) event.dataTransfer.dropEffect = 'none';
    if (!hasFiles(event)) return;
    depth.current = Math.max(0, depth.current + by);
    setOver(enabled && depth.current > 0);
  };
  return {
    over,
    handlers: {
      onDragEnter: (event) => move(event, 1),
      onDragLeave: (event) => move(event, -1),
      onDragOver: (event) => move(event, 0),
      onDrop: (event) => {
        move(event, -depth.current);
        if (enabled && !isLeftToField(event)) take(readTransfer(event.dataTransfer));
      },
    },
  };
}
