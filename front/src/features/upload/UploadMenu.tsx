import { type Ref, useImperativeHandle } from 'react';
import { useTranslation } from '@/shared/i18n';
import { ChevronDownIcon, ImageIcon, Menu } from '@/shared/ui';
import { FolderIcon } from '@/shared/ui/more';
import styles from './UploadMenu.module.css';
import { useUpload } from './UploadProvider';

/** Opens the system's file dialogue. */
export interface Picker {
  pick(): void;
}

/** Stands at the end of a wide button that adds photos to a space: offers whole folders too, where devices have them. */
export function UploadMenu({
  spaceId,
  compact,
  ref,
}: {
  spaceId: string;
  compact: boolean;
  ref: Ref<Picker>;
}) {
  const { t } = useTranslation('upload');
  const { pick } = useUpload();
  useImperativeHandle(ref, () => ({ pick: () => pick(spaceId) }), [pick, spaceId]);
  if (compact || !CAN_PICK_FOLDERS) return null;
  return (
    <Menu
      label={t('button.more')}
      items={[
        { label: t('pick.files'), icon: <ImageIcon size={20} />, onSelect: () => pick(spaceId) },
        { label: t('pick.folder'), icon: <FolderIcon size={20} />, onSelect: () => pick(spaceId, 'folder') },
      ]}
      trigger={(wiring) => (
        <button type="button" className={styles.more} aria-label={t('button.more')} {...wiring}>
          <ChevronDownIcon size={18} />
        </button>
      )}
    />
  );
}

/** Phones know the attribute and have no folders to choose from. */
const CAN_PICK_FOLDERS =
  'webkitdirectory' in HTMLInputElement.prototype && globalThis.matchMedia?.('(pointer: fine)').matches;
