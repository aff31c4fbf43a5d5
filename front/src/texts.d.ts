/** The texts of every part, so that their keys are checked wherever they are used. */
import type account from './features/account/locales/ru.json';
import type operator from './features/operator/locales/ru.json';
import type shell from './features/shell/locales/ru.json';
import type spaces from './features/spaces/locales/ru.json';
import type bulk from './features/timeline/bulk/locales/ru.json';
import type timeline from './features/timeline/locales/ru.json';
import type upload from './features/upload/locales/ru.json';
import type viewer from './features/viewer/locales/ru.json';
import type gallery from './gallery/locales/ru.json';

declare module './shared/i18n/translate' {
  interface Namespaces {
    account: typeof account;
    bulk: typeof bulk;
    gallery: typeof gallery;
    operator: typeof operator;
    shell: typeof shell;
    spaces: typeof spaces;
    timeline: typeof timeline;
    upload: typeof upload;
    viewer: typeof viewer;
  }
}
