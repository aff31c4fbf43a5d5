import { useQuery } from '@tanstack/react-query';
import type { Keeping as KeepingState } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { Banner, ErrorBanner, Progress, Skeleton } from '@/shared/ui';
import { Section } from '@/shared/ui/more';
import { keepingQuery } from './api';
import { Figure, Figures } from './Figures';

/** Whether nothing can get lost: the backups, and the originals as the disk has them. */
export function Keeping() {
  const { t } = useTranslation('operator');
  const keeping = useQuery(keepingQuery);
  if (keeping.isPending) {
    return (
      <Section title={t('backups')}>
        <Skeleton height={96} />
      </Section>
    );
  }
  if (keeping.isLoadingError) {
    return (
      <Section title={t('backups')}>
        <ErrorBanner error={keeping.error} onRetry={keeping.refetch} />
      </Section>
    );
  }
  return (
    <>
      <Backups keeping={keeping.data} />
      <Originals keeping={keeping.data} />
    </>
  );
}

function Backups({ keeping }: { keeping: KeepingState }) {
  const { t } = useTranslation('operator');
  const formats = useFormats();
  const { last_good_backup: good, last_backup: last, last_good_check: checked } = keeping;
  const { last_check: lastCheck } = keeping;
  return (
    <Section title={t('backups')} hint={t('backups.hint')}>
      <BackupBanner keeping={keeping} />
      {last?.outcome === 'failed' && (
        <Banner tone="warning">{t('backups.failed', { ago: formats.ago(last.finished_at) })}</Banner>
      )}
      {lastCheck?.outcome === 'failed' && (
        <Banner tone="danger">
          {lastCheck.problems > 0
            ? t('backups.checkDamaged', { count: lastCheck.problems })
            : t('backups.checkFailed', { ago: formats.ago(lastCheck.finished_at) })}
        </Banner>
      )}
      {good && good.problems > 0 && (
        <Banner tone="warning">{t('backups.problems', { count: good.problems })}</Banner>
      )}
      {good && (
        <Figures>
          <Figure name={t('backups.last')} value={formats.ago(good.finished_at)} />
          <Figure name={t('backups.files')} value={formats.number(good.files)} />
          <Figure name={t('backups.size')} value={formats.bytes(good.bytes)} />
          <Figure
            name={t('backups.checked')}
            value={checked ? formats.ago(checked.finished_at) : t('backups.never')}
          />
        </Figures>
      )}
    </Section>
  );
}

function BackupBanner({ keeping }: { keeping: KeepingState }) {
  const { t } = useTranslation('operator');
  switch (keeping.backup) {
    case 'ok':
      if (keeping.last_good_backup) return <Banner tone="success">{t('backups.ok')}</Banner>;
      return keeping.last_backup ? null : <Banner>{t('backups.first')}</Banner>;
    case 'none':
      return <Banner>{t('backups.none')}</Banner>;
    case 'overdue':
      return (
        <Banner tone="danger" urgent>
          {t('backups.overdue')}
        </Banner>
      );
    case 'unverified':
      return <Banner tone="warning">{t('backups.unverified')}</Banner>;
  }
}

function Originals({ keeping }: { keeping: KeepingState }) {
  const { t } = useTranslation('operator');
  const formats = useFormats();
  const { scrub, missing, damaged, unknown } = keeping;
  return (
    <Section title={t('originals')} hint={t('originals.hint')}>
      {keeping.originals === 'ok' && <Banner tone="success">{t('originals.ok')}</Banner>}
      {keeping.originals === 'damaged' && (
        <Banner tone="danger" urgent>
          {t('originals.damaged', { count: missing + damaged })}
        </Banner>
      )}
      {keeping.originals === 'lost' && (
        <Banner tone="danger" urgent>
          {t('originals.lost')}
        </Banner>
      )}
      {unknown > 0 && <Banner>{t('originals.unknown', { count: unknown })}</Banner>}
      <Progress value={scrub.progress} label={t('originals.progress')} />
      <Figures>
        <Figure name={t('originals.progress')} value={formats.percent(scrub.progress)} />
        <Figure
          name={t('originals.whole')}
          value={scrub.finished_at ? formats.ago(scrub.finished_at) : t('backups.never')}
        />
        {damaged > 0 && <Figure name={t('originals.damagedCount')} value={formats.number(damaged)} />}
        {missing > 0 && <Figure name={t('originals.missingCount')} value={formats.number(missing)} />}
      </Figures>
    </Section>
  );
}
