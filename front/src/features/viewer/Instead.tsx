import { useMutation, useQueryClient } from '@tanstack/react-query';
import { assetQuery } from '@/api/asset';
import type { Asset } from '@/api/types';
import type { AssetFacts } from '@/gallery/source';
import type { VideoTrouble } from '@/gallery/viewer/Video';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Button, ErrorIcon, RetryIcon, Spinner, toast } from '@/shared/ui';
import { DownloadIcon } from '@/shared/ui/more';
import { retryAsset } from './api';
import styles from './Instead.module.css';

/** What stands in place of a picture that cannot be shown: the reason in words, and a way on. */
export function Instead({
  facts,
  asset,
  onDownload,
}: {
  facts: AssetFacts;
  asset: Asset | null;
  onDownload: () => unknown;
}) {
  const { t } = useTranslation('viewer');
  const { t: tGallery } = useTranslation('gallery');
  const errorText = useErrorText();
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryAsset(facts.id),
    onSuccess: (fresh) => {
      queries.setQueryData(assetQuery(facts.id).queryKey, fresh);
      toast({ text: t('failed.retried') });
    },
    onError: (error) => toast({ text: errorText(error), tone: 'error' }),
  });
  if (facts.processing) {
    return (
      <div className={styles.instead}>
        <Spinner size={32} />
        <h2>{t('processing.title')}</h2>
        <p>{tGallery('viewer.processing')}</p>
      </div>
    );
  }
  return (
    <div className={styles.instead}>
      <ErrorIcon size={40} />
      <h2>{t('failed.title')}</h2>
      {asset?.failure && <p>{asset.failure.message}</p>}
      <p>{t('failed.text')}</p>
      <div className={styles.actions}>
        <Button icon={<DownloadIcon size={20} />} onClick={onDownload}>
          {t('download')}
        </Button>
        {asset?.can_edit && (
          <Button icon={<RetryIcon size={20} />} busy={retry.isPending} onClick={() => retry.mutate()}>
            {t('failed.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** What lies over the preview of a video that does not play. */
export function Unplayable({
  trouble,
  mime,
  onRetry,
  onDownload,
}: {
  trouble: VideoTrouble;
  mime: string;
  onRetry: () => void;
  onDownload: () => unknown;
}) {
  const { t } = useTranslation('viewer');
  const { t: tShared } = useTranslation('shared');
  return (
    <div className={styles.instead} role="status">
      <ErrorIcon size={32} />
      <h2>{t(`unplayable.${trouble}.title`)}</h2>
      <p>{t(`unplayable.${trouble}.text`, { format: mime })}</p>
      <div className={styles.actions}>
        {trouble === 'network' && (
          <Button icon={<RetryIcon size={20} />} onClick={onRetry}>
            {tShared('retry')}
          </Button>
        )}
        <Button icon={<DownloadIcon size={20} />} onClick={onDownload}>
          {t('download')}
        </Button>
      </div>
    </div>
  );
}
