import { useTranslation } from '@/shared/i18n';
import { Button, ChevronDownIcon, IconButton, ImageIcon, Menu, UploadIcon } from '@/shared/ui';
import { FolderIcon } from '@/shared/ui/more';
import styles from './UploadButton.module.css';
import { useUpload } from './UploadProvider';

/** Asks for photos for one space. `compact` is an icon for narrow bars; the wide one also offers whole folders. */
export function UploadButton({ spaceId, compact }: { spaceId: string; compact?: boolean }) {
  const { t } = useTranslation('upload');
  const { pick } = useUpload();
  if (compact) {
    return (
      <IconButton label={t('upload', { ns: 'shared' })} onClick={() => pick(spaceId)}>
        <UploadIcon />
      </IconButton>
    );
  }
  return (
    <span className={styles.split}>
      <Button variant="primary" icon={<UploadIcon size={20} />} onClick={() => pick(spaceId)}>
        {t('upload', { ns: 'shared' })}
      </Button>
      {CAN_PICK_FOLDERS && (
        <Menu
          label={t('button.more')}
          items={[
            { label: t('pick.files'), icon: <ImageIcon size={20} />, onSelect: () => pick(spaceId) },
            {
              label: t('pick.folder'),
              icon: <FolderIcon size={20} />,
              onSelect: () => pick(spaceId, 'folder'),
            },
          ]}
          trigger={(wiring) => (
            <button type="button" className={styles.more} aria-label={t('button.more')} {...wiring}>
              <ChevronDownIcon size={18} />
            </button>
          )}
        />
      )}
    </span>
  );
}

/** Phones know the attribute and have no folders to choose from. */
const CAN_PICK_FOLDERS =
  'webkitdirectory' in HTMLInputElement.prototype && globalThis.matchMedia?.('(pointer: fine)').matches;
