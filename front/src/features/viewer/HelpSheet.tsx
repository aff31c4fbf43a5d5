import { useTranslation } from '@/shared/i18n';
import { Dialog } from '@/shared/ui/more';
import styles from './HelpSheet.module.css';

const OPEN = [
  [
    'help.look',
    [
      ['help.arrows', ['←', '→']],
      ['help.ends', ['Home', 'End']],
      ['help.zoom', ['+', '−', '0']],
      ['help.pixels', ['Z']],
      ['help.fullScreen', ['F']],
      ['help.info', ['I']],
      ['help.slideshow', ['S']],
      ['help.escape', ['Esc']],
      ['help.help', ['?']],
    ],
  ],
  [
    'help.photo',
    [
      ['help.favourite', ['L']],
      ['help.rotate', ['R', 'Shift + R']],
      ['help.archive', ['A']],
      ['help.download', ['D']],
      ['help.trash', ['Delete']],
      ['help.restore', ['U']],
    ],
  ],
  [
    'help.moving',
    [
      ['help.play', ['Space']],
      ['help.seek', ['Shift + ←', 'Shift + →']],
      ['help.mute', ['M']],
    ],
  ],
] as const;

const GRID = [
  [
    'help.grid',
    [
      ['help.grid.arrows', ['←', '↑', '↓', '→']],
      ['help.ends', ['Home', 'End']],
      ['help.grid.open', ['Enter']],
      ['help.grid.select', ['Space', 'X']],
      ['help.grid.range', ['Shift + ←', 'Shift + →']],
      ['help.grid.all', ['Ctrl + A']],
      ['help.grid.clear', ['Esc']],
      ['help.trash', ['Delete']],
      ['help.grid.density', ['+', '−']],
      ['help.help', ['?']],
    ],
  ],
] as const;

interface HelpSheetProps {
  open: boolean;
  onClose: () => void;
  /** Whether a photo is open or many are looked at. */
  place?: 'photo' | 'grid';
}

/** Every key that does something here. */
export default function HelpSheet({ open, onClose, place = 'photo' }: HelpSheetProps) {
  const { t } = useTranslation('viewer');
  const groups = place === 'photo' ? OPEN : GRID;
  return (
    <Dialog open={open} onClose={onClose} title={t('help')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={styles.groups} tabIndex={0}>
        {groups.map(([group, shortcuts]) => (
          <section key={group}>
            <h3 className={styles.group}>{t(group)}</h3>
            <dl className={styles.keys}>
              {shortcuts.map(([label, keys]) => (
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
          </section>
        ))}
      </div>
    </Dialog>
  );
}
