import { useEffect, useRef, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { ChevronDownIcon } from '@/shared/ui';
import { ChevronRightIcon, ConfirmDialog } from '@/shared/ui/more';
import { canRetry, type Section, type UploadItem } from './model';
import { heightOf, type Placed, rowsOf, visibleRows } from './rows';
import styles from './UploadList.module.css';
import { useUpload, useUploadSnapshot } from './UploadProvider';
import { UploadRow } from './UploadRow';

interface ListProps {
  onOpen?: ((spaceId: string, assetId: string) => void) | undefined;
}

/** Rows that are drawn beyond each edge, in pixels. */
const BEYOND = 200;

/** All files by section. Only what is on screen is in the document, so five thousand cost no more than ten. */
export function UploadList({ onOpen }: ListProps) {
  const { items, halt } = useUploadSnapshot();
  const [folded, setFolded] = useState<Partial<Record<Section, boolean>>>({});
  const [stretch, setStretch] = useState({ top: 0, height: 600 });
  const scroller = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => setStretch({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  const rows = rowsOf(items, folded);
  const { placed, height } = visibleRows(rows, stretch.top - BEYOND, stretch.top + stretch.height + BEYOND);
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.list} style={{ height }}>
        {placed.map((each) => (
          <li
            key={each.row.kind === 'section' ? each.row.section : each.row.item.id}
            className={styles.row}
            style={{ top: each.top, height: heightOf(each.row) }}
            aria-setsize={rows.length}
            aria-posinset={each.index + 1}
          >
            <Line
              placed={each}
              halted={halt !== null}
              onOpen={onOpen}
              onFold={(section, open) => setFolded({ ...folded, [section]: !open })}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface LineProps extends ListProps {
  placed: Placed;
  halted: boolean;
  onFold: (section: Section, open: boolean) => void;
}

function Line({ placed: { row }, halted, onOpen, onFold }: LineProps) {
  if (row.kind === 'item') {
    return <UploadRow item={row.item} halted={halted} onOpen={onOpen} />;
  }
  return (
    <SectionHead
      section={row.section}
      items={row.items}
      open={row.open}
      onToggle={() => onFold(row.section, !row.open)}
    />
  );
}

interface HeadProps {
  section: Section;
  items: readonly UploadItem[];
  open: boolean;
  onToggle: () => void;
}

function SectionHead({ section, items, open, onToggle }: HeadProps) {
  const { t } = useTranslation('upload');
  const { number } = useFormats();
  return (
    <div className={styles.head}>
      <button type="button" className={styles.fold} aria-expanded={open} onClick={onToggle}>
        {open ? <ChevronDownIcon size={16} /> : <ChevronRightIcon size={16} />}
        {t(`section.${section}`)}
        <span className={styles.count}>{number(items.length)}</span>
      </button>
      <SectionActions section={section} items={items} />
    </div>
  );
}

function SectionActions({ section, items }: { section: Section; items: readonly UploadItem[] }) {
  const { t } = useTranslation('upload');
  const { store, pick } = useUpload();
  const missing = items.find((item) => item.state.kind === 'missing');
  if (section === 'finished') {
    return <Action onClick={() => store.clearFinished()}>{t('section.clear')}</Action>;
  }
  if (section === 'waiting') {
    return <CancelAll />;
  }
  if (section !== 'attention') {
    return null;
  }
  return (
    <>
      {missing && <Action onClick={() => pick(missing.spaceId)}>{t('section.choose')}</Action>}
      {items.some(canRetry) && <Action onClick={() => store.retryAll()}>{t('section.retry')}</Action>}
      {!missing && !items.some(canRetry) && (
        <Action onClick={() => store.dismissAttention()}>{t('section.clear')}</Action>
      )}
    </>
  );
}

/** Stops what waits and what is on its way: to stop only the one half is nobody's wish. */
function CancelAll() {
  const { t } = useTranslation('upload');
  const { totals } = useUploadSnapshot();
  const { store } = useUpload();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Action onClick={() => setAsking(true)}>{t('section.cancel')}</Action>
      <ConfirmDialog
        open={asking}
        title={t('cancel.title', { count: totals.active + totals.waiting })}
        confirm={t('cancel.confirm')}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          store.cancelUnderway();
        }}
      >
        {t('cancel.text')}
      </ConfirmDialog>
    </>
  );
}

function Action({ onClick, children }: { onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className={styles.action} onClick={onClick}>
      {children}
    </button>
  );
}
