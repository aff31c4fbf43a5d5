import { useTranslation } from '@/shared/i18n';
import { ConfirmDialog } from '@/shared/ui/more';
import type { PurgeQuestion } from './actions';

/** The last question before photos are gone for good. */
export default function PurgeDialog({ question }: { question: PurgeQuestion }) {
  const { t } = useTranslation('bulk');
  return (
    <ConfirmDialog
      open
      title={t('purge.title', { count: question.count })}
      confirm={t('purge.confirm')}
      danger
      onConfirm={question.confirm}
      onClose={question.cancel}
    >
      {t('purge.text')}
    </ConfirmDialog>
  );
}
