/** Written into the service worker by the build, see vite.worker.ts. */

/** Changes with every build that changes a file of the application. */
declare const BUILD: string;
/** Addresses of the files without which no page can be drawn. */
declare const SHELL: readonly string[];
