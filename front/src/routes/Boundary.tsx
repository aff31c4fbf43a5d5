import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { Component, type ReactNode } from 'react';
import { ApiError } from '@/api/problem';
import { ErrorPage } from '@/features/shell';

/** Catches what the pages below throw and offers to try again. */
export function Boundary({ children }: { children: ReactNode }) {
  const { reset } = useQueryErrorResetBoundary();
  return <Catcher onReset={reset}>{children}</Catcher>;
}

interface CatcherProps {
  onReset: () => void;
  children: ReactNode;
}

class Catcher extends Component<CatcherProps, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  /**
   * The server may answer this time. Anything else is cured by a fresh page at best: a part of the application
   * that is gone after an update, say.
   */
  private readonly retry = (): void => {
    if (this.state.error instanceof ApiError) {
      this.props.onReset();
      this.setState({ error: null });
    } else location.reload();
  };

  override render() {
    if (this.state.error === null) return this.props.children;
    return <ErrorPage error={this.state.error} onRetry={this.retry} />;
  }
}
