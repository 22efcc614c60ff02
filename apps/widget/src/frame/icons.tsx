import type { ComponentChildren } from 'preact';

function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      {children}
    </svg>
  );
}

export const CloseIcon = () => (
  <Icon>
    <path d="m5 8 5 5 5-5" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="M10 4v11.500M5 10.800l5 4.900 5-4.900" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M10 16V4.5M5 9.2l5-4.9 5 4.9" />
  </Icon>
);
export const RemoveIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);
export const ImageIcon = () => (
  <Icon>
    <rect x="3" y="4" width="14" height="12" rx="2.5" />
    <circle cx="7.4" cy="8.2" r="1.3" />
    <path d="m3.5 14 4-3.5 3 2.5 2.5-2 3.5 3" />
  </Icon>
);
export const SoundIcon = () => (
  <Icon>
    <path d="M4 8v4h2.500L10 15V5L6.500 8zM13 7.500a3.500 3.500 0 0 1 0 5M15 5.500a6.300 6.300 0 0 1 0 9" />
  </Icon>
);
export const MutedIcon = () => (
  <Icon>
    <path d="M4 8v4h2.500L10 15V5L6.500 8zM13.500 8l4 4M17.500 8l-4 4" />
  </Icon>
);
