import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { Component, type ReactNode } from 'react';
import { ApiError } from '@/api/problem';
import { ErrorPage, UpdatedPage } from '@/features/shell';
import { useTranslation } from '@/shared/i18n';
import { PartMissing } from '@/shared/lib/part';
import { toast } from '@/shared/ui';

/** Catches what the pages below throw and offers to try again. */
export function Boundary({ children }: { children: ReactNode }) {
  const { reset } = useQueryErrorResetBoundary();
  return <Catcher onReset={reset}>{children}</Catcher>;
}

interface CatcherProps {
  onReset: () => void;
  children: ReactNode;
}

interface Caught {
  error: unknown;
}

class Catcher extends Component<CatcherProps, Caught> {
  override state: Caught = { error: null };

  static getDerivedStateFromError(error: unknown): Caught {
    return { error };
  }

  /** The server may answer this time. Anything else is cured by a fresh page at best. */
  private readonly retry = (): void => {
    if (this.state.error instanceof ApiError) {
      this.props.onReset();
      this.setState({ error: null });
    } else location.reload();
  };

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (error instanceof PartMissing) return <UpdatedPage onReload={this.retry} />;
    return <ErrorPage error={error} onRetry={this.retry} />;
  }
}

/**
 * Around a part that the page can do without: when it did not come, a toast offers to load the page again, and
 * `fallback` stands in its place.
 */
export function Optional(props: { fallback?: ReactNode; onMissing?: () => void; children: ReactNode }) {
  const { t } = useTranslation('shell');
  function tell(): void {
    const action = { label: t('part.reload'), onAction: () => location.reload() };
    toast({ text: t('part.missing'), tone: 'error', action, duration: 20_000 });
    props.onMissing?.();
  }
  return (
    <PartCatcher fallback={props.fallback} onMissing={tell}>
      {props.children}
    </PartCatcher>
  );
}

interface PartCatcherProps {
  fallback: ReactNode;
  onMissing: () => void;
  children: ReactNode;
}

class PartCatcher extends Component<PartCatcherProps, Caught> {
  override state: Caught = { error: null };

  static getDerivedStateFromError(error: unknown): Caught {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    if (error instanceof PartMissing) this.props.onMissing();
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (error instanceof PartMissing) return this.props.fallback;
    throw error;
  }
}
