import { type ReactNode, useSyncExternalStore } from 'react';
import type { TimelineView } from '@/api/types';
import type { AssetActions } from '@/gallery/actions';
import { MOST_CHOSEN, type Selection } from '@/gallery/selection';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import {
  ArchiveIcon,
  CloseIcon,
  DownloadIcon,
  HeartFilledIcon,
  HeartIcon,
  IconButton,
  RestoreIcon,
  Spinner,
  TrashIcon,
} from '@/shared/ui';
import styles from './SelectionBar.module.css';

interface SelectionBarProps {
  selection: Selection;
  actions: AssetActions;
  view: TimelineView;
  /** Whether the person may archive, trash and restore in this space. */
  canEdit: boolean;
  onClear: () => void;
}

/** What is chosen, how much of it, and what can be done with it here. */
export function SelectionBar({ selection, actions, view, canEdit, onClear }: SelectionBarProps) {
  const { t } = useTranslation('timeline');
  const formats = useFormats();
  const size = useSyncExternalStore(selection.subscribe, () => selection.size);
  const isGathering = useSyncExternalStore(selection.subscribe, () => selection.isGathering);
  if (size === 0 && !isGathering) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('selection.label')}>
      <IconButton label={t('selection.clear')} onClick={onClear}>
        <CloseIcon />
      </IconButton>
      <output className={styles.count}>
        {size >= MOST_CHOSEN
          ? t('selection.full', { count: MOST_CHOSEN })
          : t('selected', { count: size, number: formats.number(size) })}
        {isGathering && <Spinner size={16} />}
      </output>
      <Buttons selection={selection} actions={actions} view={view} canEdit={canEdit} />
    </div>
  );
}

type ButtonsProps = Omit<SelectionBarProps, 'onClear'>;

function Buttons({ selection, actions, view, canEdit }: ButtonsProps) {
  const { t } = useTranslation('timeline');
  const areFavourites = useSyncExternalStore(selection.subscribe, () => selection.areFavourites());

  function button(label: string, icon: ReactNode, act: (assets: AssetFacts[]) => void) {
    return (
      <IconButton key={label} label={label} onClick={() => act(selection.facts())}>
        {icon}
      </IconButton>
    );
  }

  const download = button(t('action.download'), <DownloadIcon />, actions.download);
  if (view === 'trash') {
    return (
      <>
        {canEdit && button(t('action.restore'), <RestoreIcon />, actions.restore)}
        {canEdit && button(t('action.purge'), <TrashIcon />, actions.purge)}
      </>
    );
  }
  const heart = areFavourites ? <HeartFilledIcon /> : <HeartIcon />;
  const isArchive = view === 'archive';
  return (
    <>
      {button(t(areFavourites ? 'action.unfavourite' : 'action.favourite'), heart, (assets) =>
        actions.favourite(assets, !areFavourites),
      )}
      {download}
      {canEdit &&
        button(t(isArchive ? 'action.unarchive' : 'action.archive'), <ArchiveIcon />, (assets) =>
          actions.archive(assets, !isArchive),
        )}
      {canEdit && button(t('action.trash'), <TrashIcon />, actions.trash)}
    </>
  );
}
