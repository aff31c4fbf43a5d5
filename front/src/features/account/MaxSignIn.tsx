import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Offline } from '@/api/problem';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Banner, Button, Spinner } from '@/shared/ui';
import { signInWithMax } from './api';
import styles from './MaxSignIn.module.css';
import { settleLaunch } from './max';

interface MaxSignInProps {
  initData: string;
  onDone: () => void;
  /** The person would rather type a login and a password. */
  onOther: () => void;
}

/** Signs in by itself with what MAX told at launch. */
export function MaxSignIn({ initData, onDone, onOther }: MaxSignInProps) {
  const { t } = useTranslation('account');
  const errorText = useErrorText();
  const { mutate, error, isPending } = useMutation({
    mutationFn: signInWithMax,
    retry: false,
    onSuccess: () => {
      settleLaunch('accepted');
      onDone();
    },
  });
  useEffect(() => mutate(initData), [mutate, initData]);

  if (!error) {
    return (
      <p className={styles.waiting} role="status">
        <Spinner /> {t('max.waiting')}
      </p>
    );
  }
  return (
    <div className={styles.failed}>
      <Banner tone={error instanceof Offline ? 'warning' : 'danger'} urgent>
        {errorText(error)}
      </Banner>
      <Button variant="primary" block busy={isPending} onClick={() => mutate(initData)}>
        {t('max.again')}
      </Button>
      <Button
        block
        onClick={() => {
          settleLaunch('refused');
          onOther();
        }}
      >
        {t('max.other')}
      </Button>
    </div>
  );
}
