import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DeadLetter, OperatorStatus } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { useFormats } from '@/shared/i18n/format';
import { Banner, Button, ErrorBanner, IconButton, Progress, RetryIcon, Skeleton, toast } from '@/shared/ui';
import { Page, Section } from '@/shared/ui/more';
import { deadLettersQuery, OPERATOR_KEY, retryDeadLetter, statusQuery } from './api';
import { Figure, Figures } from './Figures';
import { Keeping } from './Keeping';
import styles from './OperatorPage.module.css';

/** The state of the installation, for who keeps it. */
export function OperatorPage() {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const refresh = (
    <IconButton
      label={t('refresh')}
      onClick={() => void queries.invalidateQueries({ queryKey: OPERATOR_KEY })}
    >
      <RetryIcon />
    </IconButton>
  );
  return (
    <Page title={t('title')} action={refresh}>
      <Status />
      <Keeping />
      <DeadLetters />
    </Page>
  );
}

/** How full the disk is and how far processing has come. Looked up again while the page is open. */
function Status() {
  const { t } = useTranslation('operator');
  const status = useQuery(statusQuery);
  return (
    <Section title={t('status')} hint={status.data && t('status.version', { version: status.data.version })}>
      {status.isPending && <Skeleton height={96} />}
      {status.isLoadingError && <ErrorBanner error={status.error} onRetry={status.refetch} />}
      {status.data && <Disk status={status.data} />}
    </Section>
  );
}

/** Under this share of free room the disk needs attention. */
const SCARCE = 0.1;

function Disk({ status }: { status: OperatorStatus }) {
  const { t } = useTranslation('operator');
  const formats = useFormats();
  const room = status.used_bytes + status.free_bytes;
  const scarce = status.free_bytes < room * SCARCE;
  const waiting = status.jobs_waiting;
  return (
    <>
      {scarce && (
        <Banner tone="warning">{t('disk.scarce', { free: formats.bytes(status.free_bytes) })}</Banner>
      )}
      <Progress value={status.used_bytes / Math.max(1, room)} label={t('disk')} />
      <Figures>
        <Figure name={t('disk.used')} value={formats.bytes(status.used_bytes)} />
        <Figure name={t('disk.free')} value={formats.bytes(status.free_bytes)} />
        <Figure name={t('assets')} value={formats.number(status.assets)} />
        <Figure name={t('queue')} value={formats.number(waiting)} />
        {waiting > 0 && <Figure name={t('queue.oldest')} value={formats.clock(status.oldest_job_seconds)} />}
      </Figures>
    </>
  );
}

/** Files whose processing has been given up, with their reasons. */
function DeadLetters() {
  const { t } = useTranslation('operator');
  const letters = useQuery(deadLettersQuery);
  return (
    <Section title={t('letters')} hint={t('letters.hint')}>
      {letters.isPending && <Skeleton height={64} />}
      {letters.isLoadingError && <ErrorBanner error={letters.error} onRetry={letters.refetch} />}
      {letters.data?.length === 0 && <Banner tone="success">{t('letters.none')}</Banner>}
      {letters.data && letters.data.length > 0 && (
        <ul className={styles.letters}>
          {letters.data.map((letter) => (
            <LetterRow key={letter.blob_id} letter={letter} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function LetterRow({ letter }: { letter: DeadLetter }) {
  const { t } = useTranslation('operator');
  const formats = useFormats();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryDeadLetter(letter.blob_id),
    onSuccess: () => toast({ text: t('letters.retried'), tone: 'success' }),
    onError: (error) => toast({ text: errorText(error), tone: 'error' }),
    onSettled: () => queries.invalidateQueries({ queryKey: OPERATOR_KEY }),
  });
  return (
    <li className={styles.letter}>
      <div className={styles.facts}>
        <p className={styles.name}>{letter.file_names.join(', ') || letter.blob_id}</p>
        <p className={styles.reason}>{letter.message}</p>
        <p className={styles.reason}>
          {[
            t('letters.attempts', { count: letter.attempts }),
            letter.failed_at && formats.moment(letter.failed_at),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Button icon={<RetryIcon size={20} />} busy={retry.isPending} onClick={() => retry.mutate()}>
        {t('retry', { ns: 'shared' })}
      </Button>
    </li>
  );
}
