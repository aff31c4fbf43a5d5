import { useTranslation } from '@/shared/i18n';
import { Dialog } from '@/shared/ui';
import styles from './HelpSheet.module.css';

const SHORTCUTS = [
  ['help.arrows', ['←', '→']],
  ['help.ends', ['Home', 'End']],
  ['help.zoom', ['+', '−', '0']],
  ['help.info', ['I']],
  ['help.favourite', ['F']],
  ['help.download', ['D']],
  ['help.trash', ['Delete']],
  ['help.escape', ['Esc']],
  ['help.help', ['?']],
  ['help.grid.arrows', ['←', '↑', '↓', '→']],
  ['help.grid.select', ['Space']],
  ['help.grid.range', ['Shift + ←', 'Shift + →']],
  ['help.grid.all', ['Ctrl + A']],
] as const;

/** Every key that does something here. */
export function HelpSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('viewer');
  return (
    <Dialog open={open} onClose={onClose} title={t('help')}>
      <dl className={styles.keys}>
        {SHORTCUTS.map(([label, keys]) => (
          <div key={label} className={styles.row}>
            <dt>{t(label)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
