/**
 * The icon set: drawn for this product on a 24-unit grid with a line of 1.75 units and round ends. Icons
 * are decoration; the control that carries one has the words.
 */
import type { ReactNode } from 'react';

export interface IconProps {
  size?: number;
  className?: string | undefined;
}

export function Icon({
  size = 22,
  className,
  filled,
  children,
}: IconProps & { filled?: boolean; children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={className}
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}
