import type { ReactNode } from 'react';

/** Icons: 16 px, lines of 1.5 px in the text color, hidden from screen readers (their buttons have names). */
function Icon({ children, size = 16 }: { readonly children: ReactNode; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      className="shrink-0"
    >
      {children}
    </svg>
  );
}

export const ArrowUpIcon = () => (
  <Icon>
    <path d="M8 13V3.5M3.75 7.5 8 3.25l4.25 4.25" />
  </Icon>
);
export const ArrowDownIcon = () => (
  <Icon>
    <path d="M8 3v9.5M3.75 8.5 8 12.75l4.25-4.25" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M9.75 3.25 5 8l4.75 4.75" />
  </Icon>
);
export const ImageIcon = ({ size = 16 }: { readonly size?: number }) => (
  <Icon size={size}>
    <rect x="2" y="2.75" width="12" height="10.5" rx="2" />
    <circle cx="5.6" cy="6.3" r="1" />
    <path d="m2.5 11.75 3.25-3 2.25 2 2.75-3 2.75 2.75" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const SoundIcon = () => (
  <Icon>
    <path d="M2.5 6.25v3.5h2.25L8 12.5v-9L4.75 6.25H2.5ZM10.5 6a2.8 2.8 0 0 1 0 4M12.4 4a5.6 5.6 0 0 1 0 8" />
  </Icon>
);
export const MutedIcon = () => (
  <Icon>
    <path d="M2.5 6.25v3.5h2.25L8 12.5v-9L4.75 6.25H2.5ZM10.75 6.25l3.5 3.5M14.25 6.25l-3.5 3.5" />
  </Icon>
);
export const DetailsIcon = () => (
  <Icon>
    <rect x="2" y="2.75" width="12" height="10.5" rx="2" />
    <path d="M10 2.75v10.5" />
  </Icon>
);
export const KeyboardIcon = () => (
  <Icon>
    <rect x="1.5" y="3.75" width="13" height="8.5" rx="2" />
    <path d="M4.5 6.75h.01M7 6.75h.01M9.5 6.75h.01M12 6.75h-.5M5.5 9.5h5" />
  </Icon>
);
export const SignOutIcon = () => (
  <Icon>
    <path d="M6.25 2.75H4a1.5 1.5 0 0 0-1.5 1.5v7.5a1.5 1.5 0 0 0 1.5 1.5h2.25M10.5 5.25 13.25 8l-2.75 2.75M13 8H6.5" />
  </Icon>
);
export const AlertIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.9v3.6M8 11h.01" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.25 3.25L13 4.75" />
  </Icon>
);
