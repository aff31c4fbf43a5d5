import { useLabels } from '@/gallery/labels';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import {
  ArchiveIcon,
  HeartFilledIcon,
  HeartIcon,
  IconButton,
  InfoIcon,
  Menu,
  type MenuItem,
  MoreIcon,
  TrashIcon,
} from '@/shared/ui';
import {
  DownloadIcon,
  FullScreenExitIcon,
  FullScreenIcon,
  RestoreIcon,
  RotateLeftIcon,
  RotateRightIcon,
  SlideshowIcon,
  ZoomInIcon,
  ZoomOutIcon,
} from '@/shared/ui/more';
import type { Commands } from './commands';
import styles from './Viewer.module.css';

export interface ToolbarProps {
  facts: AssetFacts;
  title: string;
  canEdit: boolean;
  isTrash: boolean;
  isArchive: boolean;
  isZoomed: boolean;
  isInfoOpen: boolean;
  /** null where the browser cannot. */
  isFullScreen: boolean | null;
  /** Whether all buttons lie at the top; else the usual ones lie at the bottom, where the thumb is. */
  isWide: boolean;
  commands: Commands;
}

/** When it was taken, and what can be done with it. */
export function Toolbar(props: ToolbarProps) {
  const { facts, title, isTrash, isZoomed, isFullScreen, isWide, canEdit, commands } = props;
  const { t } = useTranslation('viewer');
  const { t: tGallery } = useTranslation('gallery');
  const labels = useLabels();
  const hasPicture = !facts.failed && !facts.processing;
  return (
    <>
      <p className={styles.when}>
        {title && <strong className={styles.name}>{title}</strong>}
        {labels.when(facts)}
      </p>
      {isWide && hasPicture && !facts.video && (
        <IconButton
          label={tGallery(isZoomed ? 'viewer.zoomOut' : 'viewer.zoomIn')}
          onClick={commands.toggleZoom}
          className={styles.button}
        >
          {isZoomed ? <ZoomOutIcon /> : <ZoomInIcon />}
        </IconButton>
      )}
      {isWide && hasPicture && canEdit && !isTrash && (
        <IconButton label={t('rotateRight')} onClick={() => commands.rotate(1)} className={styles.button}>
          <RotateRightIcon />
        </IconButton>
      )}
      {isWide && (
        <IconButton label={t('slideshow')} onClick={commands.slideshow} className={styles.button}>
          <SlideshowIcon />
        </IconButton>
      )}
      {isWide && isFullScreen !== null && (
        <IconButton
          label={t(isFullScreen ? 'fullScreen.leave' : 'fullScreen')}
          onClick={commands.fullScreen}
          className={styles.button}
        >
          {isFullScreen ? <FullScreenExitIcon /> : <FullScreenIcon />}
        </IconButton>
      )}
      {isWide && <Actions {...props} />}
      <MoreActions {...props} />
    </>
  );
}

/** What one does most: at the top of a desktop, at the bottom of a phone. */
export function Actions({ facts, canEdit, isTrash, isInfoOpen, commands }: ToolbarProps) {
  const { t } = useTranslation('viewer');
  return (
    <>
      <IconButton label={t('info')} pressed={isInfoOpen} onClick={commands.info} className={styles.button}>
        <InfoIcon />
      </IconButton>
      <IconButton label={t('download')} onClick={commands.download} className={styles.button}>
        <DownloadIcon />
      </IconButton>
      {isTrash && canEdit && (
        <IconButton label={t('restore')} onClick={commands.restore} className={styles.button}>
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
    </>
  );
}

function MoreActions({ facts, canEdit, isTrash, isArchive, isFullScreen, isWide, commands }: ToolbarProps) {
  const { t } = useTranslation('viewer');
  const items: MenuItem[] = [];
  if (canEdit && !isTrash && !facts.failed && !facts.processing) {
    items.push(
      {
        label: t('rotateLeft'),
        icon: <RotateLeftIcon size={20} />,
        onSelect: () => commands.rotate(-1),
      },
      {
        label: t('rotateRight'),
        icon: <RotateRightIcon size={20} />,
        onSelect: () => commands.rotate(1),
      },
    );
  }
  if (canEdit && !isTrash) {
    items.push({
      label: t(isArchive ? 'unarchive' : 'archive'),
      icon: <ArchiveIcon size={20} />,
      onSelect: commands.archive,
    });
  }
  items.push({
    label: t('slideshow'),
    icon: <SlideshowIcon size={20} />,
    onSelect: commands.slideshow,
    separated: items.length > 0,
  });
  if (!isWide && isFullScreen !== null) {
    items.push({
      label: t(isFullScreen ? 'fullScreen.leave' : 'fullScreen'),
      icon: isFullScreen ? <FullScreenExitIcon size={20} /> : <FullScreenIcon size={20} />,
      onSelect: commands.fullScreen,
    });
  }
  // Where the screen is small there is seldom a keyboard; with one, ? opens the list all the same.
  if (isWide) items.push({ label: t('help'), onSelect: commands.help, separated: true });
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
