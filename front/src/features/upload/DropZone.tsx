import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { UploadIcon } from '@/shared/ui';
import styles from './DropZone.module.css';
import { useUpload } from './UploadProvider';
import { thingsOf } from './walk';

/**
 * Takes files and folders dropped anywhere on the page, or pasted, into one space. Render it once on pages where the
 * person may add photos. `spaceName` is told while files hover.
 */
export function DropZone({ spaceId, spaceName }: { spaceId: string; spaceName: string }) {
  const { t } = useTranslation('upload');
  const { addFiles } = useUpload();
  const [hovering, setHovering] = useState(false);

  const take = useEffectEvent((data: DataTransfer | null): boolean => {
    const things = data ? thingsOf(data) : [];
    if (things.length > 0) void addFiles(spaceId, things);
    return things.length > 0;
  });
  useEffect(() => followDrags(setHovering, (data) => take(data)), []);
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (!isTyping(event.target) && take(event.clipboardData)) event.preventDefault();
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);

  if (!hovering) return null;
  return (
    <div className={styles.overlay} data-testid="drop-zone">
      <div className={styles.card}>
        <UploadIcon size={44} />
        <p className={styles.title}>{t('drop.title')}</p>
        <p className={styles.hint}>{t('drop.into', { space: spaceName })}</p>
      </div>
    </div>
  );
}

/** Follows files that are dragged over the window; returns how to stop. */
function followDrags(hover: (over: boolean) => void, drop: (data: DataTransfer | null) => void): () => void {
  // Enter and leave come for every element that is passed; only their difference says whether the pointer is inside.
  let depth = 0;
  // A photo of our own page that is dragged looks like a file to the browser.
  let own = false;
  const foreign = (event: DragEvent) => !own && (event.dataTransfer?.types.includes('Files') ?? false);
  const leave = () => {
    depth = 0;
    hover(false);
  };
  const listeners: {
    [K in 'dragstart' | 'dragend' | 'dragenter' | 'dragover' | 'dragleave' | 'drop']: (
      event: DragEvent,
    ) => void;
  } = {
    dragstart: () => {
      own = true;
    },
    dragend: () => {
      own = false;
    },
    dragenter: (event) => {
      if (!foreign(event)) return;
      event.preventDefault();
      depth += 1;
      hover(true);
    },
    dragover: (event) => {
      if (!foreign(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    },
    dragleave: (event) => {
      if (!foreign(event)) return;
      depth -= 1;
      if (depth <= 0) leave();
    },
    drop: (event) => {
      if (!foreign(event)) return;
      event.preventDefault();
      leave();
      drop(event.dataTransfer);
    },
  };
  const names = Object.keys(listeners) as (keyof typeof listeners)[];
  for (const name of names) window.addEventListener(name, listeners[name]);
  return () => {
    for (const name of names) window.removeEventListener(name, listeners[name]);
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
