import { type ReactNode, useSyncExternalStore } from 'react';
import type { TimelineView } from '@/api/types';
import { MOST_CHOSEN, type Selection } from '@/gallery/selection';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { useMediaQuery } from '@/shared/lib/useMediaQuery';
import {
  ArchiveIcon,
  CloseIcon,
  HeartFilledIcon,
  HeartIcon,
  IconButton,
  Menu,
  MoreIcon,
  Spinner,
  TrashIcon,
} from '@/shared/ui';
import { CalendarIcon, DownloadIcon, FolderIcon, MapPinIcon, RestoreIcon } from '@/shared/ui/more';
import type { BulkActions } from './actions';
import type { Asking } from './BulkDialogs';
import styles from './SelectionBar.module.css';

interface SelectionBarProps {
  selection: Selection;
  actions: BulkActions;
  view: TimelineView;
  /** Whether the person may archive, edit, trash and restore in this space, be it only their own. */
  canEdit: boolean;
  /** Whether there is another space that they may add to. */
  canBring: boolean;
  /** Opens the dialog that an action needs. */
  onAsk: (what: Asking) => void;
  onClear: () => void;
}

/** What is chosen, how much of it, and what can be done with it here. */
export default function SelectionBar(props: SelectionBarProps) {
  const { selection, onClear } = props;
  const { t } = useTranslation('bulk');
  const size = useSyncExternalStore(selection.subscribe, () => selection.size);
  const isGathering = useSyncExternalStore(selection.subscribe, () => selection.isGathering);
  if (size === 0 && !isGathering) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('selection.label')}>
      <IconButton label={t('selection.clear')} onClick={onClear}>
        <CloseIcon />
      </IconButton>
      <output className={styles.amount}>
        <Amount selection={selection} />
        {isGathering && <Spinner size={16} />}
      </output>
      <Buttons {...props} isWaiting={isGathering} />
    </div>
  );
}

function Amount({ selection }: { selection: Selection }) {
  const { t } = useTranslation('bulk');
  const formats = useFormats();
  const size = useSyncExternalStore(selection.subscribe, () => selection.size);
  const bytes = useSyncExternalStore(selection.subscribe, () => selection.bytes);
  const isGathering = useSyncExternalStore(selection.subscribe, () => selection.isGathering);
  return (
    <span className={styles.words}>
      <span className={styles.count}>
        {size >= MOST_CHOSEN
          ? t('selection.full', { count: MOST_CHOSEN })
          : t('selected', { count: size, number: formats.number(size) })}
      </span>
      <span className={styles.size}>{isGathering ? t('selection.gathering') : formats.bytes(bytes)}</span>
    </span>
  );
}

interface Command {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly act: () => void;
  /** In the bar itself also where there is little room. */
  readonly isFirst?: boolean;
}

/** `isWaiting`: not all are chosen yet, and an action would take only those that are. */
function Buttons({ isWaiting, ...props }: SelectionBarProps & { isWaiting: boolean }) {
  const { t } = useTranslation('bulk');
  const isWide = useMediaQuery('(min-width: 700px)');
  const commands = useCommands(props);
  const inBar = commands.filter((command) => command.isFirst || (isWide && !ALWAYS_IN_MENU.has(command.key)));
  const inMenu = commands.filter((command) => !inBar.includes(command));
  return (
    <>
      {inBar.map(({ key, label, icon, act }) => (
        <IconButton key={key} label={label} onClick={act} disabled={isWaiting}>
          {icon}
        </IconButton>
      ))}
      {inMenu.length > 0 && (
        <Menu
          label={t('action.more')}
          items={inMenu.map(({ key, label, icon, act }) => ({ key, label, icon, onSelect: act }))}
          trigger={({ ref, ...wiring }) => (
            <button
              ref={ref}
              type="button"
              className={styles.more}
              aria-label={t('action.more')}
              disabled={isWaiting}
              {...wiring}
            >
              <MoreIcon />
            </button>
          )}
        />
      )}
    </>
  );
}

/** Needed now and then, also on a wide screen. */
const ALWAYS_IN_MENU = new Set(['date', 'place']);

function useCommands({ selection, actions, view, canEdit, canBring, onAsk }: SelectionBarProps): Command[] {
  const { t } = useTranslation('bulk');
  const areFavourites = useSyncExternalStore(selection.subscribe, () => selection.areFavourites());
  const chosen = () => selection.facts();
  /** Does it to those that one may change; the others are told of. */
  const change = (act: (assets: readonly AssetFacts[]) => void) => () => {
    const assets = actions.editable(chosen());
    if (assets.length > 0) act(assets);
  };
  if (view === 'trash') {
    const restore = { key: 'restore', label: t('action.restore'), icon: <RestoreIcon />, isFirst: true };
    const purge = { key: 'purge', label: t('action.purge'), icon: <TrashIcon />, isFirst: true };
    return canEdit
      ? [
          { ...restore, act: change(actions.restore) },
          { ...purge, act: change(actions.purge) },
        ]
      : [];
  }
  const isArchive = view === 'archive';
  const commands: (Command | false)[] = [
    {
      key: 'favourite',
      label: t(areFavourites ? 'action.unfavourite' : 'action.favourite'),
      icon: areFavourites ? <HeartFilledIcon /> : <HeartIcon />,
      act: () => actions.favourite(chosen(), !areFavourites),
      isFirst: true,
    },
    {
      key: 'download',
      label: t('action.download'),
      icon: <DownloadIcon />,
      act: () => actions.download(chosen()),
      isFirst: true,
    },
    canEdit && {
      key: 'archive',
      label: t(isArchive ? 'action.unarchive' : 'action.archive'),
      icon: <ArchiveIcon />,
      act: change((assets) => actions.archive(assets, !isArchive)),
    },
    canEdit && {
      key: 'date',
      label: t('action.date'),
      icon: <CalendarIcon />,
      act: change((assets) => onAsk({ what: 'date', assets })),
    },
    canEdit && {
      key: 'place',
      label: t('action.place'),
      icon: <MapPinIcon />,
      act: change((assets) => onAsk({ what: 'place', assets })),
    },
    canBring && {
      key: 'bring',
      label: t(canEdit ? 'action.bring' : 'action.copy'),
      icon: <FolderIcon />,
      act: () => onAsk({ what: 'bring', assets: chosen() }),
    },
    canEdit && {
      key: 'trash',
      label: t('action.trash'),
      icon: <TrashIcon />,
      act: change(actions.trash),
      isFirst: true,
    },
  ];
  return commands.filter((command) => command !== false);
}
