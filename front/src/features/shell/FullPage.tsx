import type { ReactNode } from 'react';
import { useTranslation } from '@/shared/i18n';
import { troubleOf } from '@/shared/i18n/errors';
import { useOnline } from '@/shared/lib/useOnline';
import { Link } from '@/shared/navigation';
import {
  Button,
  EmptyState,
  ImageIcon,
  LockIcon,
  OfflineIcon,
  RetryIcon,
  Skeleton,
  Trouble,
} from '@/shared/ui';
import styles from './FullPage.module.css';

/** Something went wrong that no page could deal with. */
export function ErrorPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Full>
      <title>{t(`trouble.${troubleOf(error)}`)}</title>
      <Trouble error={error} onRetry={onRetry} wholePage />
    </Full>
  );
}

/** A page did not come because the server has newer ones by now, or because there is no network. */
export function UpdatedPage({ onReload }: { onReload: () => void }) {
  const { t } = useTranslation('shell');
  const { t: tShared } = useTranslation();
  const online = useOnline();
  const title = online ? t('part.title') : tShared('trouble.offline');
  return (
    <Full>
      <title>{title}</title>
      <EmptyState
        wholePage
        icon={online ? <RetryIcon size={32} /> : <OfflineIcon size={32} />}
        title={title}
        action={
          <Button variant="primary" onClick={onReload}>
            {t('part.reload')}
          </Button>
        }
      >
        <p role="alert">{online ? t('part.text') : tShared('error.offline')}</p>
      </EmptyState>
    </Full>
  );
}

/** Nothing lives at this address, or nothing that this person may see: the two look the same on purpose. */
export function NotFoundPage() {
  const { t } = useTranslation('shell');
  return (
    <Full>
      <title>{t('notFound.title')}</title>
      <EmptyState wholePage icon={<ImageIcon size={32} />} title={t('notFound.title')} action={<ToPhotos />}>
        <p>{t('notFound.text')}</p>
      </EmptyState>
    </Full>
  );
}

/** The space was open a moment ago, and is no longer theirs to see. */
export function GonePage({ name }: { name: string }) {
  const { t } = useTranslation('shell');
  return (
    <Full>
      <title>{t('gone.title')}</title>
      <EmptyState wholePage icon={<LockIcon size={32} />} title={t('gone.title')} action={<ToPhotos />}>
        <p role="alert">{t('gone.text', { name })}</p>
      </EmptyState>
    </Full>
  );
}

function ToPhotos() {
  const { t } = useTranslation('shell');
  return (
    <Link to="/" className={styles.home}>
      {t('notFound.home')}
    </Link>
  );
}

/** A page of text is on its way: grey places where its parts will stand. */
export function PendingPage() {
  const { t } = useTranslation();
  return (
    <div className={styles.pending} role="status" aria-label={t('loading')}>
      <Skeleton width="min(240px, 60%)" height={32} />
      <Skeleton height={180} radius="var(--radius-3)" />
      <Skeleton height={240} radius="var(--radius-3)" />
    </div>
  );
}

function Full({ children }: { children: ReactNode }) {
  return <div className={styles.full}>{children}</div>;
}
