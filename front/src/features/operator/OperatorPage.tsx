import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DeadLetter } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { useFormats } from '@/shared/i18n/format';
import { Banner, Button, Page, RetryIcon, Section, Skeleton, toast } from '@/shared/ui';
import { deadLettersQuery, retryDeadLetter } from './api';
import styles from './OperatorPage.module.css';

/** The state of the installation, for who keeps it. */
export function OperatorPage() {
  const { t } = useTranslation('operator');
  return (
    <Page title={t('title')}>
      <DeadLetters />
    </Page>
  );
}

/** Files whose processing has been given up, with their reasons. */
function DeadLetters() {
  const { t } = useTranslation('operator');
  const errorText = useErrorText();
  const letters = useQuery(deadLettersQuery);
  return (
    <Section title={t('letters')} hint={t('letters.hint')}>
      {letters.isPending && <Skeleton height={64} />}
      {letters.error && (
        <Banner tone="danger" urgent>
          {errorText(letters.error)}
        </Banner>
      )}
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
    onSettled: () => queries.invalidateQueries({ queryKey: ['operator'] }),
  });
  return (
    <li className={styles.letter}>
      <div className={styles.facts}>
        <p className={styles.name}>{letter.file_names.join(', ') || letter.blob_id}</p>
        <p className={styles.reason}>{letter.message}</p>
        <p className={styles.reason}>
          {t('letters.attempts', { count: letter.attempts })} ·{' '}
          <time dateTime={letter.failed_at}>{formats.moment(letter.failed_at)}</time>
        </p>
      </div>
      <Button icon={<RetryIcon size={20} />} busy={retry.isPending} onClick={() => retry.mutate()}>
        {t('retry', { ns: 'shared' })}
      </Button>
    </li>
  );
}
