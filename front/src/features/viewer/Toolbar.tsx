import { useLabels } from '@/gallery/labels';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import {
  ArchiveIcon,
  DownloadIcon,
  HeartFilledIcon,
  HeartIcon,
  IconButton,
  InfoIcon,
  Menu,
  type MenuItem,
  MoreIcon,
  RestoreIcon,
  TrashIcon,
  ZoomInIcon,
  ZoomOutIcon,
} from '@/shared/ui';
import type { Commands } from './Viewer';
import styles from './Viewer.module.css';

interface ToolbarProps {
  facts: AssetFacts;
  canEdit: boolean;
  isTrash: boolean;
  isArchive: boolean;
  isZoomed: boolean;
  isInfoOpen: boolean;
  onZoom: () => void;
  onArchive: () => void;
  onRestore: () => void;
  commands: Commands;
}

/** When it was taken, and what can be done with it. */
export function Toolbar(props: ToolbarProps) {
  const { facts, canEdit, isTrash, isZoomed, isInfoOpen, onZoom, onRestore, commands } = props;
  const { t } = useTranslation('viewer');
  const { t: tGallery } = useTranslation('gallery');
  const labels = useLabels();
  const canZoom = !facts.video && !facts.failed && !facts.processing;
  return (
    <>
      <p className={styles.when}>{labels.when(facts)}</p>
      {canZoom && (
        <IconButton
          label={tGallery(isZoomed ? 'viewer.zoomOut' : 'viewer.zoomIn')}
          onClick={onZoom}
          className={`${styles.button} ${styles.wideOnly}`}
        >
          {isZoomed ? <ZoomOutIcon /> : <ZoomInIcon />}
        </IconButton>
      )}
      <IconButton label={t('info')} pressed={isInfoOpen} onClick={commands.info} className={styles.button}>
        <InfoIcon />
      </IconButton>
      {isTrash && canEdit && (
        <IconButton label={t('restore')} onClick={onRestore} className={styles.button}>
          <RestoreIcon />
        </IconButton>
      )}
      {!isTrash && (
        <IconButton
          label={t(facts.favourite ? 'unfavourite' : 'favourite')}
          pressed={facts.favourite}
          onClick={commands.favourite}
          className={styles.button}
        >
          {facts.favourite ? <HeartFilledIcon /> : <HeartIcon />}
        </IconButton>
      )}
      {canEdit && (
        <IconButton
          label={t(isTrash ? 'purge' : 'trash')}
          onClick={commands.remove}
          className={styles.button}
        >
          <TrashIcon />
        </IconButton>
      )}
      <MoreActions {...props} />
    </>
  );
}

function MoreActions({ canEdit, isTrash, isArchive, onArchive, commands }: ToolbarProps) {
  const { t } = useTranslation('viewer');
  const items: MenuItem[] = [
    { label: t('download'), icon: <DownloadIcon size={20} />, onSelect: commands.download },
  ];
  if (canEdit && !isTrash) {
    items.push({
      label: t(isArchive ? 'unarchive' : 'archive'),
      icon: <ArchiveIcon size={20} />,
      onSelect: onArchive,
    });
  }
  items.push({ label: t('help'), onSelect: commands.help, separated: true });
  return (
    <Menu
      label={t('more')}
      items={items}
      trigger={(wiring) => (
        <button
          type="button"
          className={`${styles.button} ${styles.menu}`}
          aria-label={t('more')}
          {...wiring}
        >
          <MoreIcon />
        </button>
      )}
    />
  );
}
