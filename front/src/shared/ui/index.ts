/** What the frame and the first photos are made of. Whatever comes later takes the rest from `more`. */
export { Avatar } from './Avatar';
export { Banner } from './Banner';
export { Button, type ButtonProps, IconButton, type IconButtonProps } from './Button';
export { classes } from './classes';
export { EmptyState } from './EmptyState';
export * from './icons';
export { Menu, type MenuItem, type MenuTrigger } from './Menu';
export { Progress } from './Progress';
export { Skeleton } from './Skeleton';
export { Spinner } from './Spinner';
export { type ToastOptions, Toasts, toast, useToastHost } from './Toast';
export { ErrorBanner, Trouble } from './Trouble';
