import type { PickedPicture } from '@switchboard/presentation';
import { useTranslations } from 'use-intl';

import { CloseIcon } from '../ui/icons.tsx';

interface TrayProps {
  readonly pictures: readonly PickedPicture[];
  readonly onRemove: (id: number) => void;
}

/** The pictures to be sent. */
export function Tray({ pictures, onRemove }: TrayProps) {
  const t = useTranslations('composer');
  if (pictures.length === 0) return null;
  return (
    <ul aria-label={t('pictures')} className="mb-1 flex max-h-48 flex-wrap gap-2 overflow-y-auto p-1">
      {pictures.map(({ id, name, url }) => (
        <li key={id} className="fade-in relative w-16 text-12 text-ink-soft">
          <img src={url} alt="" className="block size-16 rounded-lg bg-sunken object-cover" />
          <bdi title={name} className="block truncate">
            {name}
          </bdi>
          <button
            type="button"
            aria-label={t('removeNamed', { name })}
            title={t('remove')}
            onClick={() => onRemove(id)}
            className="absolute -end-1 -top-1 inline-flex size-6 items-center justify-center rounded-full border border-line bg-surface text-ink hover:bg-sunken"
          >
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}
