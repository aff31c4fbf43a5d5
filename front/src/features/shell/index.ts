export { AppShell } from './AppShell';
export { ErrorPage, NotFoundPage, PendingPage } from './FullPage';
