import { useEffect, useState } from 'react';
import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { Avatar, Button, EmptyState, ImageIcon } from '@/shared/ui';
import { ChevronRightIcon, Page } from '@/shared/ui/more';
import styles from './ShareTarget.module.css';

interface ShareTargetProps {
  files: readonly File[];
  /** Those that the person may add to. */
  spaces: readonly Space[];
  /** The one that was open last; it comes first. */
  current: Space | null;
  onChoose: (space: Space) => void;
  /** The person wants to add nothing after all. */
  onDrop: () => void;
}

/** Asks which space the photos are for; with none at hand, choosing a space leads to choosing photos. */
export function ShareTarget({ files, spaces, current, onChoose, onDrop }: ShareTargetProps) {
  const { t } = useTranslation('upload');
  const { t: shared } = useTranslation();
  const { bytes } = useFormats();
  if (spaces.length === 0) {
    return (
      <EmptyState
        icon={<ImageIcon size={32} />}
        title={t('share.nowhere.title')}
        action={<Button onClick={onDrop}>{shared('cancel')}</Button>}
      >
        {t('share.nowhere.text')}
      </EmptyState>
    );
  }
  const first = current && spaces.includes(current) ? [current] : [];
  const ordered = [...first, ...spaces.filter((space) => space !== current)];
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <Page
      title={files.length > 0 ? t('share.title', { count: files.length }) : t('share.none')}
      action={<Button onClick={onDrop}>{shared('cancel')}</Button>}
    >
      {files.length > 0 && (
        <div className={styles.files}>
          {files.slice(0, MOST_SHOWN).map((file) => (
            <Preview key={`${file.name}/${file.size}/${file.lastModified}`} file={file} />
          ))}
          <span className={styles.size}>{bytes(size)}</span>
        </div>
      )}
      <p className={styles.question}>{t(files.length > 0 ? 'share.where' : 'share.choose')}</p>
      <ul className={styles.spaces}>
        {ordered.map((space) => (
          <li key={space.id}>
            <button type="button" className={styles.space} onClick={() => onChoose(space)}>
              <Avatar id={space.id} name={space.name} size={40} />
              <span className={styles.words}>
                <span className={styles.name}>{space.name}</span>
                {space.kind === 'personal' && (
                  <span className={styles.hint}>{t('space.personal', { ns: 'shared' })}</span>
                )}
              </span>
              <ChevronRightIcon size={20} />
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}

const MOST_SHOWN = 5;

/** The picture itself where the browser can show it; else that it is one. */
function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null);
  const [isBroken, setBroken] = useState(!file.type.startsWith('image/'));
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <span className={styles.preview}>
      {isBroken || !url ? <ImageIcon size={24} /> : <img src={url} alt="" onError={() => setBroken(true)} />}
    </span>
  );
}
