/**
 * Every primitive in every state, for whoever works on the look: `npm run dev`, then /dev/ui/. The build starts from
 * front/index.html and does not know this page.
 */
import '@/shared/ui/base.css';
import { type ReactNode, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Offline, Problem } from '@/api/problem';
import { loadTexts } from '@/locales';
import { chooseLanguage, LANGUAGES, startLanguage, useLanguage } from '@/shared/i18n';
import { applyTheme, type Theme, theme } from '@/shared/lib/theme';
import { useStored } from '@/shared/lib/useStored';
import * as basic from '@/shared/ui';
import * as more from '@/shared/ui/more';
import './ui.css';

const ui = { ...basic, ...more };

const COLOURS = [
  'canvas',
  'surface',
  'surface-raised',
  'surface-sunken',
  'line',
  'line-control',
  'line-strong',
  'text',
  'text-muted',
  'ink',
  'accent',
  'accent-soft',
  'danger',
  'danger-soft',
  'warning',
  'warning-soft',
  'success',
  'success-soft',
];
const SIZES = [1, 2, 3, 4, 5, 6];
const SPACES = [1, 2, 3, 4, 5, 6, 7, 8];
const VARIANTS = ['primary', 'secondary', 'quiet', 'danger'] as const;
const TONES = ['info', 'success', 'warning', 'danger'] as const;
const LONG = 'Пётр Константинопольский-Ивановский из десятого «Б»';
const BUSY = new Problem(503, 'unavailable', '', {}, 90);

const nothing = () => undefined;

function Page() {
  return (
    <main className="ui">
      <header className="ui-head">
        <h1>Every primitive in every state</h1>
        <Looks />
      </header>
      <Part name="Colour">
        {COLOURS.map((name) => (
          <figure key={name} className="ui-swatch">
            <span style={{ background: `var(--${name})` }} />
            <figcaption>{name}</figcaption>
          </figure>
        ))}
      </Part>
      <Part name="Type" column>
        {SIZES.map((size) => (
          <p key={size} style={{ fontSize: `var(--text-${size})` }}>
            {`--text-${size} `}Съешь ещё этих мягких французских булок
          </p>
        ))}
      </Part>
      <Part name="Space" column>
        {SPACES.map((size) => (
          <div key={size} className="ui-space" style={{ width: `var(--space-${size})` }} />
        ))}
      </Part>
      <Part name="Buttons">
        {VARIANTS.map((variant) => (
          <ui.Button key={variant} variant={variant} icon={<ui.UploadIcon size={20} />}>
            {variant}
          </ui.Button>
        ))}
        {VARIANTS.map((variant) => (
          <ui.Button key={variant} variant={variant} disabled>
            disabled
          </ui.Button>
        ))}
        {VARIANTS.map((variant) => (
          <ui.Button key={variant} variant={variant} busy>
            busy
          </ui.Button>
        ))}
        <ui.IconButton label="An action">
          <ui.HeartIcon />
        </ui.IconButton>
        <ui.IconButton label="A toggle" pressed>
          <ui.HeartFilledIcon />
        </ui.IconButton>
        <ui.IconButton label="Not now" disabled>
          <ui.TrashIcon />
        </ui.IconButton>
      </Part>
      <Part name="Fields" column>
        <ui.Form onSubmit={nothing}>
          <ui.TextField label="Empty" placeholder="Семья Ивановых" hint="A hint below the field." />
          <ui.TextField label="Filled" defaultValue={LONG} />
          <ui.TextField label="Refused" defaultValue="?" error="Why it was refused, in one sentence." />
          <ui.TextField label="Not to be changed" defaultValue="anna" disabled />
          <ui.PasswordField label="Secret" defaultValue="password" autoComplete="off" />
          <ui.SelectField label="One of many">
            <option>7 дней</option>
            <option>30 дней</option>
          </ui.SelectField>
        </ui.Form>
        <Chooser />
      </Part>
      <Part name="Tabs" column>
        <Tabbed />
      </Part>
      <Part name="Above the page">
        <Openers />
      </Part>
      <Part name="Toasts">
        <ui.Button onClick={() => ui.toast({ text: 'Ссылка скопирована' })}>plain</ui.Button>
        <ui.Button onClick={() => ui.toast({ text: 'Имя сохранено', tone: 'success' })}>success</ui.Button>
        <ui.Button onClick={() => ui.toast({ text: 'Сервер занят.', tone: 'error' })}>error</ui.Button>
        <ui.Button
          onClick={() =>
            ui.toast({ text: '12 фото в корзине', action: { label: 'Отменить', onAction: nothing } })
          }
        >
          with a way back
        </ui.Button>
      </Part>
      <Part name="Banners" column>
        {TONES.map((tone) => (
          <ui.Banner key={tone} tone={tone}>
            A message that is {tone}, and stays for as long as it is true.
          </ui.Banner>
        ))}
        <ui.ErrorBanner error={BUSY} onRetry={nothing} />
      </Part>
      <Part name="On the way" column>
        <ui.Progress value={0.4} label="Forty of a hundred" />
        <ui.Progress value={0.95} label="Nearly full" tone="warning" />
        <ui.Progress value={1} label="Full" tone="danger" />
        <ui.Progress value={null} label="Nobody knows" />
        <ui.Skeleton />
        <ui.Skeleton width="60%" height={48} radius={12} />
        <ui.Spinner />
      </Part>
      <Part name="Nothing to show">
        <ui.EmptyState
          icon={<ui.ImageIcon size={32} />}
          title="Пока нет фотографий"
          action={<ui.Button variant="primary">Загрузить</ui.Button>}
        >
          Why there is nothing, and the next step.
        </ui.EmptyState>
        <ui.Trouble error={new Offline()} onRetry={nothing} />
        <ui.Trouble error={BUSY} onRetry={nothing} />
        <ui.Trouble error={new Error('?')} onRetry={nothing} />
      </Part>
      <Part name="People and spaces">
        <ui.Avatar id="a" name="Анна Иванова" />
        <ui.Avatar id="b" name={LONG} />
        <ui.Avatar id="c" name="Семья Ивановых" square />
      </Part>
      <Part name="Icons">
        {Object.entries(ui)
          .filter(([name]) => name.endsWith('Icon'))
          .map(([name, each]) => {
            const Drawn = each as typeof ui.AddIcon;
            return (
              <figure key={name} className="ui-icon">
                <Drawn />
                <figcaption>{name.replace('Icon', '')}</figcaption>
              </figure>
            );
          })}
      </Part>
      <ui.Toasts />
    </main>
  );
}

function Part({ name, column, children }: { name: string; column?: boolean; children: ReactNode }) {
  return (
    <section className="ui-part">
      <h2>{name}</h2>
      <div className={column ? 'ui-column' : 'ui-row'}>{children}</div>
    </section>
  );
}

function Looks() {
  const chosen = useStored(theme);
  const language = useLanguage();
  return (
    <>
      <ui.Choice<Theme | 'auto'>
        label="Theme"
        value={chosen ?? 'auto'}
        options={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: value }))}
        onChange={(value) => theme.set(value === 'auto' ? null : value)}
      />
      <ui.Choice
        label="Language"
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: value }))}
        onChange={(value) => void chooseLanguage(value)}
      />
    </>
  );
}

function Chooser() {
  const [value, setValue] = useState('days');
  const options = ['days', 'months', 'years'].map((each) => ({ value: each, label: each }));
  return <ui.Choice label="A few alternatives" value={value} options={options} onChange={setValue} />;
}

function Tabbed() {
  const [value, setValue] = useState('one');
  const tabs = ['one', 'two', 'three'].map((each) => ({
    value: each,
    label: `Tab ${each}`,
    content: <p>What belongs to {each}.</p>,
  }));
  return <ui.Tabs label="Pages of a panel" value={value} tabs={tabs} onChange={setValue} />;
}

function Openers() {
  const [open, setOpen] = useState<'dialog' | 'sheet' | 'question' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <ui.Menu
        label="A menu"
        items={[
          { label: 'Скачать', icon: <ui.DownloadIcon />, onSelect: nothing },
          { label: LONG, icon: <ui.PersonIcon />, checked: true, onSelect: nothing },
          { label: 'Not now', icon: <ui.StarIcon />, disabled: true, onSelect: nothing },
          { label: 'Удалить', icon: <ui.TrashIcon />, danger: true, separated: true, onSelect: nothing },
        ]}
        trigger={(wiring) => (
          <button type="button" {...wiring} className="ui-opener">
            Menu
          </button>
        )}
      />
      <ui.Button onClick={() => setOpen('dialog')}>Dialog</ui.Button>
      <ui.Button onClick={() => setOpen('sheet')}>Sheet</ui.Button>
      <ui.Button onClick={() => setOpen('question')}>Question</ui.Button>
      <ui.Dialog open={open === 'dialog'} onClose={close} title="Новое пространство">
        <ui.Form onSubmit={nothing}>
          <ui.TextField label="Название" />
          <ui.Button type="submit" variant="primary" block>
            Создать пространство
          </ui.Button>
        </ui.Form>
      </ui.Dialog>
      <ui.Sheet open={open === 'sheet'} onClose={close} title="Сведения">
        <p>{LONG}</p>
      </ui.Sheet>
      <ui.ConfirmDialog
        open={open === 'question'}
        title={`Исключить «${LONG}»?`}
        confirm="Исключить"
        danger
        onConfirm={close}
        onClose={close}
      >
        <p>Всё, что человек добавил, останется.</p>
      </ui.ConfirmDialog>
    </>
  );
}

const element = document.getElementById('root');
applyTheme();
await startLanguage(loadTexts);
if (element) {
  createRoot(element).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
