import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { AddIcon, Avatar, ChevronDownIcon, Menu, type MenuItem } from '@/shared/ui';
import styles from './SpaceSwitcher.module.css';

interface SpaceSwitcherProps {
  current: Space | null;
  spaces: readonly Space[];
  onSwitch: (spaceId: string) => void;
  onCreate: () => void;
}

/** Which library one looks at, and the way to the others. */
export function SpaceSwitcher({ current, spaces, onSwitch, onCreate }: SpaceSwitcherProps) {
  const { t } = useTranslation();
  const items: MenuItem[] = [
    ...inOrder(spaces).map((space) => ({
      key: space.id,
      label: space.name,
      icon: <Avatar id={space.id} name={space.name} size={28} square />,
      checked: space.id === current?.id,
      onSelect: () => onSwitch(space.id),
    })),
    {
      label: t('space.create'),
      icon: (
        <span className={styles.slot}>
          <AddIcon />
        </span>
      ),
      separated: true,
      onSelect: onCreate,
    },
  ];
  return (
    <Menu
      label={t('space.switch')}
      items={items}
      trigger={(wiring) => (
        <button type="button" {...wiring} className={styles.switcher}>
          {current && <Avatar id={current.id} name={current.name} size={34} square />}
          <span className={styles.words}>
            <span className={styles.name}>{current?.name ?? t('space.switch')}</span>
            {current && (
              <span className={styles.kind}>
                {current.kind === 'personal'
                  ? t('space.personal')
                  : t('space.members', { count: current.members })}
              </span>
            )}
          </span>
          <ChevronDownIcon size={18} className={styles.chevron} />
        </button>
      )}
    />
  );
}

/** One's own first, then the others by name. */
function inOrder(spaces: readonly Space[]): Space[] {
  const own = (space: Space) => (space.kind === 'personal' && space.role === 'owner' ? 0 : 1);
  return [...spaces].sort((a, b) => own(a) - own(b) || a.name.localeCompare(b.name));
}
