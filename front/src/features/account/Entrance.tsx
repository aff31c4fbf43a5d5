import type { ReactNode } from 'react';
import { chooseLanguage, LANGUAGES, useLanguage, useTranslation } from '@/shared/i18n';
import { classes } from '@/shared/ui';
import styles from './Entrance.module.css';

interface EntranceProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

/** The page before one is inside: sign-in, setup, invitation. */
export function Entrance({ title, lead, children }: EntranceProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.entrance}>
      <title>{`${title} · ${t('product')}`}</title>
      <Mosaic />
      <main className={styles.main}>
        <div className={styles.card}>
          <p className={styles.brand}>
            <img src="/icon.svg" alt="" width={32} height={32} />
            {t('product')}
          </p>
          <header className={styles.header}>
            <h1>{title}</h1>
            {lead && <p>{lead}</p>}
          </header>
          {children}
        </div>
        <LanguageSwitch />
      </main>
    </div>
  );
}

/** Rows of quiet colours, laid out like photographs on the timeline. */
function Mosaic() {
  return (
    <div className={styles.mosaic} aria-hidden="true">
      {ROWS.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows never change
        <div key={index} className={styles.row}>
          {row.map(([ratio, hue], place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the tiles never change
            <span key={place} style={{ '--ratio': ratio, '--hue': hue }} />
          ))}
        </div>
      ))}
    </div>
  );
}

/** Width over height, and hue, of each tile. */
const ROWS: [number, number][][] = [
  [
    [1.5, 235],
    [0.75, 70],
    [1.33, 150],
  ],
  [
    [0.75, 30],
    [1.78, 215],
    [1, 95],
  ],
  [
    [1.33, 185],
    [1.33, 55],
    [0.75, 280],
  ],
  [
    [1.78, 250],
    [0.75, 130],
    [1, 20],
  ],
  [
    [1, 80],
    [1.5, 200],
    [1.33, 40],
  ],
];

function LanguageSwitch() {
  const { t } = useTranslation();
  const current = useLanguage();
  return (
    <nav className={styles.languages} aria-label={t('language')}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === current}
          className={classes(styles.language, language === current && styles.chosen)}
          onClick={() => void chooseLanguage(language)}
        >
          {t(`language.${language}`)}
        </button>
      ))}
    </nav>
  );
}
