export { AppShell } from './AppShell';
export { ErrorPage, GonePage, NotFoundPage, PendingPage, UpdatedPage } from './FullPage';
