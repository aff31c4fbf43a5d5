import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import type { Space, User } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { part } from '@/shared/lib/part';
import { useMediaQuery } from '@/shared/lib/useMediaQuery';
import { type Destination, Link, useAddress } from '@/shared/navigation';
import {
  ArchiveIcon,
  Avatar,
  HeartIcon,
  InfoIcon,
  MoreIcon,
  OperatorIcon,
  PeopleIcon,
  TimelineIcon,
  TrashIcon,
} from '@/shared/ui';
import styles from './AppShell.module.css';
import { OfflineBanner } from './OfflineBanner';

const Sheet = lazy(part(async () => ({ default: (await import('@/shared/ui/more')).Sheet })));

interface AppShellProps {
  user: User;
  /** The space that the navigation is about. */
  space: Space | null;
  switcher: ReactNode;
  /** The button that adds photos: a wide one for the rail, a small one for the bar; null when not allowed. */
  upload: { wide: ReactNode; compact: ReactNode } | null;
  storage: ReactNode;
  children: ReactNode;
}

/** What surrounds every page: a rail on wide screens, bars above and below on narrow ones. */
export function AppShell({ user, space, switcher, upload, storage, children }: AppShellProps) {
  const { t } = useTranslation('shell');
  const wide = useMediaQuery('(width >= 900px)');
  const main = useArrival();
  useBars();
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      {wide ? (
        <Rail user={user} space={space} switcher={switcher} upload={upload} storage={storage} />
      ) : (
        <header className={styles.topBar}>
          <div className={styles.barSwitcher}>{switcher}</div>
          {upload?.compact}
        </header>
      )}
      <main id="main" ref={main} className={styles.main} tabIndex={-1}>
        <OfflineBanner />
        <div className={styles.page}>{children}</div>
      </main>
      {!wide && <BottomBar user={user} space={space} storage={storage} />}
    </div>
  );
}

function Rail({ user, space, switcher, upload, storage }: Omit<AppShellProps, 'children'>) {
  const { t } = useTranslation('shell');
  return (
    <header className={styles.rail}>
      {switcher}
      {upload && <div className={styles.upload}>{upload.wide}</div>}
      <nav className={styles.nav} aria-label={t('nav')}>
        {space && <SpaceLinks space={space} />}
      </nav>
      <div className={styles.foot}>
        <div className={styles.storage}>{storage}</div>
        <nav className={styles.nav} aria-label={t('nav.own')}>
          <OwnLinks user={user} />
        </nav>
      </div>
    </header>
  );
}

/** A new page begins at its top, and a screen reader begins to read there. */
function useArrival() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useAddress();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
    main.current?.querySelector(`.${styles.page}`)?.scrollTo(0, 0);
  }, [pathname]);
  return main;
}

/** Tells the style sheet that there are bars, so that toasts keep clear of them. */
function useBars(): void {
  useEffect(() => {
    document.documentElement.dataset.bars = '';
    return () => {
      delete document.documentElement.dataset.bars;
    };
  }, []);
}

function SpaceLinks({ space }: { space: Space }) {
  const { t } = useTranslation('shell');
  const params = { spaceId: space.id };
  return (
    <>
      <div className={styles.group}>
        <NavLink to="/s/$spaceId" params={params} icon={<TimelineIcon />} label={t('timeline')} />
        <NavLink to="/s/$spaceId/favourites" params={params} icon={<HeartIcon />} label={t('favourites')} />
      </div>
      <div className={styles.group}>
        <NavLink to="/s/$spaceId/archive" params={params} icon={<ArchiveIcon />} label={t('archive')} />
        <NavLink to="/s/$spaceId/trash" params={params} icon={<TrashIcon />} label={t('trash')} />
        <AboutLink space={space} />
      </div>
    </>
  );
}

function AboutLink({ space }: { space: Space }) {
  const { t } = useTranslation('shell');
  const group = space.kind === 'group';
  return (
    <NavLink
      to="/s/$spaceId/members"
      params={{ spaceId: space.id }}
      icon={group ? <PeopleIcon /> : <InfoIcon />}
      label={group ? t('members') : t('about')}
    />
  );
}

function OwnLinks({ user }: { user: User }) {
  const { t } = useTranslation('shell');
  return (
    <>
      {user.is_operator && <NavLink to="/operator" icon={<OperatorIcon />} label={t('operator')} />}
      <NavLink
        to="/settings"
        icon={<Avatar id={user.id} name={user.name} size={30} />}
        label={user.name}
        hint={t('settings')}
      />
    </>
  );
}

function BottomBar({ user, space, storage }: Pick<AppShellProps, 'user' | 'space' | 'storage'>) {
  const { t } = useTranslation('shell');
  const [more, setMore] = useState(false);
  if (!space) return null;
  const params = { spaceId: space.id };
  return (
    <nav className={styles.bottom} aria-label={t('nav')}>
      <div className={styles.bottomBar}>
        <NavLink to="/s/$spaceId" params={params} icon={<TimelineIcon />} label={t('timeline')} />
        <NavLink to="/s/$spaceId/favourites" params={params} icon={<HeartIcon />} label={t('favourites')} />
        <AboutLink space={space} />
        <button type="button" className={styles.link} aria-haspopup="dialog" onClick={() => setMore(true)}>
          <span className={styles.place}>
            <MoreIcon />
          </span>
          <span className={styles.words}>
            <span className={styles.label}>{t('more')}</span>
          </span>
        </button>
      </div>
      {more && (
        <Suspense>
          <Sheet open onClose={() => setMore(false)} title={t('more')}>
            {/* Any link leads elsewhere, and the sheet is done. */}
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the links inside take the keys */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link's Enter arrives as a click */}
            <div className={styles.nav} onClick={() => setMore(false)}>
              <NavLink to="/s/$spaceId/archive" params={params} icon={<ArchiveIcon />} label={t('archive')} />
              <NavLink to="/s/$spaceId/trash" params={params} icon={<TrashIcon />} label={t('trash')} />
              <OwnLinks user={user} />
            </div>
            <div className={styles.storage}>{storage}</div>
          </Sheet>
        </Suspense>
      )}
    </nav>
  );
}

function NavLink({
  icon,
  label,
  hint,
  ...to
}: Destination & { icon: ReactNode; label: string; hint?: string }) {
  return (
    <Link {...to} className={styles.link}>
      <span className={styles.place}>{icon}</span>
      <span className={styles.words}>
        <span className={styles.label}>{label}</span>
        {hint && <span className={styles.hint}>{hint}</span>}
      </span>
    </Link>
  );
}
