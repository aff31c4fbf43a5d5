import type { ReactNode } from 'react';
import type { TimelineView } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { Link } from '@/shared/navigation';
import { ArchiveIcon, EmptyState, HeartIcon, ImageIcon, TrashIcon } from '@/shared/ui';
import styles from './EmptyView.module.css';

const ICONS = {
  all: <ImageIcon size={44} />,
  favourites: <HeartIcon size={44} />,
  archive: <ArchiveIcon size={44} />,
  trash: <TrashIcon size={44} />,
} as const satisfies Record<TimelineView, ReactNode>;

/** Why there is nothing here, and the next step. */
export function EmptyView({
  spaceId,
  view,
  upload,
}: {
  spaceId: string;
  view: TimelineView;
  upload: ReactNode;
}) {
  const { t } = useTranslation('timeline');
  const isReadOnly = view === 'all' && !upload;
  const back = (
    <Link to="/s/$spaceId" params={{ spaceId }} className={styles.link}>
      {t('empty.action.timeline')}
    </Link>
  );
  return (
    <div className={styles.empty}>
      <EmptyState icon={ICONS[view]} title={t(`empty.${view}.title`)} action={view === 'all' ? upload : back}>
        {isReadOnly ? t('empty.all.readonly') : t(`empty.${view}.text`)}
      </EmptyState>
    </div>
  );
}
