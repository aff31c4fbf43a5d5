import { OperatorPage } from '@/features/operator';
import { NotFoundPage } from '@/features/shell';
import { useUser } from './session';

export default function OperatorRoute() {
  return useUser()?.is_operator ? <OperatorPage /> : <NotFoundPage />;
}
