import type { ComponentProps } from 'react';
import { useTranslations } from 'use-intl';

import { CloseIcon } from './icons.tsx';
import { Tooltip } from './Tooltip.tsx';

const LOOKS = {
  /** The one thing to do here. */
  primary:
    'bg-accent-strong text-on-accent enabled:hover:bg-accent disabled:bg-sunken disabled:text-ink-faint dark:enabled:bg-accent dark:enabled:hover:bg-accent-strong',
  /** Everything else. */
  plain: 'border border-line bg-surface text-ink enabled:hover:bg-sunken disabled:text-ink-faint',
  /** Inside a sentence or a message. */
  quiet: 'text-accent-ink hover:bg-sunken',
  danger: 'text-danger hover:bg-sunken',
} as const;

export function Button({ look = 'plain', className = '', ...props }: ComponentProps<'button'> & { readonly look?: keyof typeof LOOKS }) {
  const size = look === 'quiet' || look === 'danger' ? 'h-7 px-2 touch:h-11 touch:px-3' : 'h-8 px-3 touch:h-11 touch:px-4';
  return (
    <button
      type="button"
      {...props}
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-13 font-medium transition-colors ${size} ${LOOKS[look]} ${className}`}
    />
  );
}

/** Closes the dialog it stands in. No tooltip: it would take the first Esc for itself. */
export function CloseButton(props: ComponentProps<'button'>) {
  const t = useTranslations('ui');
  return (
    <button
      type="button"
      aria-label={t('close')}
      {...props}
      className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-soft transition-colors hover:bg-sunken hover:text-ink touch:size-11"
    >
      <CloseIcon />
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly label: string;
  readonly keys?: readonly string[];
}

/** A button that is only an icon: its name is `label`, shown with the shortcut in the tooltip. */
export function IconButton({ label, keys, className = '', ...props }: IconButtonProps) {
  return (
    <Tooltip label={label} {...(keys === undefined ? {} : { keys })}>
      <button
        type="button"
        aria-label={label}
        {...props}
        className={`inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-soft transition-colors enabled:hover:bg-sunken enabled:hover:text-ink disabled:text-ink-faint touch:size-11 ${className}`}
      />
    </Tooltip>
  );
}
