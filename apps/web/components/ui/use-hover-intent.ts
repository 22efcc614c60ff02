import { useEffect, useRef, useState, type FocusEvent, type PointerEvent } from 'react';

/** How long the pointer rests on a control before its tooltip opens, in milliseconds. */
const OPEN_MS = 500;
/** How long a tooltip stays when the pointer has left, so that the pointer can reach it. */
const CLOSE_MS = 120;
/** A tooltip opens at once this soon after another one closed: someone is reading along a toolbar. */
const READING_MS = 400;

/** When a tooltip closed last; milliseconds since 1970. */
let lastClosedAt = 0;

/**
 * Whether a tooltip should be open: after the pointer rests on its control, or when the keyboard has brought the focus there; never by touch. A press, Esc and
 * losing pointer and focus close it (WCAG 2.2, 1.4.13). Spread the listeners on an element whose first child is the control. `place` is that element, known once
 * pointer or focus was in it.
 */
export function useHoverIntent() {
  const [isOpen, setOpen] = useState(false);
  const [place, setPlace] = useState<Element | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const openAfter = (ms: number, within: Element) => {
    // The menu that the control has opened may lie inside, too.
    if (within.querySelector('[aria-expanded="true"]') !== null) return;
    setPlace(within);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(true), ms);
  };
  const closeAfter = (ms: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(false), ms);
  };

  useEffect(() => () => clearTimeout(timer.current), []);

  useEffect(() => {
    if (!isOpen) return undefined;
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      setOpen(false);
    };
    document.addEventListener('keydown', closeOnEscape, { capture: true });
    return () => {
      lastClosedAt = Date.now();
      document.removeEventListener('keydown', closeOnEscape, { capture: true });
    };
  }, [isOpen]);

  const listeners = {
    onPointerEnter: (event: PointerEvent) => {
      if (event.pointerType !== 'mouse') return;
      openAfter(Date.now() - lastClosedAt < READING_MS ? 0 : OPEN_MS, event.currentTarget);
    },
    onPointerLeave: () => closeAfter(CLOSE_MS),
    onPointerDown: () => closeAfter(0),
    // The keyboard presses without a pointer.
    onClick: () => closeAfter(0),
    onFocus: (event: FocusEvent) => {
      if (event.target.matches(':focus-visible')) openAfter(0, event.currentTarget);
    },
    onBlur: () => closeAfter(0),
  };
  return { isOpen, place, listeners };
}
