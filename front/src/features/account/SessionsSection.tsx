import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SessionInfo } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { useFormats } from '@/shared/i18n/format';
import { Button, ErrorBanner, Skeleton, toast } from '@/shared/ui';
import { Section } from '@/shared/ui/more';
import { revokeSession, sessionsQuery } from './api';
import { deviceOf } from './device';
import styles from './SessionsSection.module.css';

/** Where the person is signed in, with a way to end it from here. */
export function SessionsSection() {
  const { t } = useTranslation('account');
  const sessions = useQuery(sessionsQuery);
  return (
    <Section title={t('sessions')} hint={t('sessions.hint')}>
      {sessions.isPending && <Skeleton height={64} />}
      {sessions.isLoadingError && <ErrorBanner error={sessions.error} onRetry={sessions.refetch} />}
      {sessions.data && (
        <ul className={styles.list}>
          {[...sessions.data]
            .sort((a, b) => Number(b.current) - Number(a.current))
            .map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
        </ul>
      )}
    </Section>
  );
}

function SessionRow({ session }: { session: SessionInfo }) {
  const { t } = useTranslation('account');
  const formats = useFormats();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeSession(session.id),
    onSuccess: () => toast({ text: t('sessions.ended'), tone: 'success' }),
    onError: (error) => toast({ text: errorText(error), tone: 'error' }),
    onSettled: () => queries.invalidateQueries(sessionsQuery),
  });
  const { browser, system } = deviceOf(session.user_agent);
  const device = [browser, system].filter(Boolean).join(' · ') || t('sessions.unknown');
  return (
    <li className={styles.session}>
      <div>
        <p className={styles.device}>
          {device}
          {session.current && <span className={styles.here}>{t('sessions.current')}</span>}
        </p>
        <p className={styles.times}>
          {t(`sessions.kind.${session.kind}`)} ·{' '}
          <time dateTime={session.last_seen_at} title={formats.moment(session.last_seen_at)}>
            {t('sessions.seen', { when: formats.ago(session.last_seen_at) })}
          </time>
        </p>
      </div>
      {!session.current && (
        <Button
          busy={revoke.isPending}
          onClick={() => revoke.mutate()}
          aria-label={`${t('signOut')}: ${device}`}
        >
          {t('signOut')}
        </Button>
      )}
    </li>
  );
}
