import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetDrafts } from '@/shared/lib/drafts';
import { Form, TextField } from './more';

beforeEach(() => sessionStorage.clear());

function NewSpace({ send }: { send: () => Promise<unknown> }) {
  return (
    <Form onSubmit={send} draft="space" label="f">
      <TextField label="a" name="name" defaultValue="Семья" />
      <TextField label="b" name="secret" autoComplete="new-password" />
    </Form>
  );
}

function field(label: string): HTMLInputElement {
  return screen.getByLabelText(label);
}

describe('a draft', () => {
  it('outlives its form, without the secrets', async () => {
    const { unmount } = render(<NewSpace send={async () => undefined} />);
    await userEvent.type(field('a'), ' 2');
    await userEvent.type(field('b'), 'hush');
    unmount();
    render(<NewSpace send={async () => undefined} />);
    expect(field('a').value).toBe('Семья 2');
    expect(field('b').value).toBe('');
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('hush');
  });

  it('is kept while the form is refused, and dropped when it is accepted', async () => {
    let isRefused = true;
    render(<NewSpace send={() => (isRefused ? Promise.reject(new Error('busy')) : Promise.resolve())} />);
    await userEvent.type(field('a'), ' 2');
    fireEvent.submit(screen.getByRole('form'));
    await Promise.resolve();
    expect(sessionStorage.length).toBe(1);
    isRefused = false;
    fireEvent.submit(screen.getByRole('form'));
    await waitFor(() => expect(sessionStorage.length).toBe(0));
  });

  it('is not given to the form that follows while it is on its way', async () => {
    let arrive = (): void => undefined;
    const { unmount } = render(
      <NewSpace
        send={() =>
          new Promise<void>((resolve) => {
            arrive = resolve;
          })
        }
      />,
    );
    await userEvent.type(field('a'), ' 2');
    fireEvent.submit(screen.getByRole('form'));
    unmount();
    render(<NewSpace send={async () => undefined} />);
    expect(field('a').value).toBe('Семья');
    await userEvent.type(field('a'), ' 3');
    arrive();
    await Promise.resolve();
    expect(JSON.stringify({ ...sessionStorage })).toContain('Семья 3');
  });

  it('is none when everything is as it was', async () => {
    render(<NewSpace send={async () => undefined} />);
    await userEvent.type(field('a'), '!');
    expect(sessionStorage.length).toBe(1);
    await userEvent.type(field('a'), '{Backspace}');
    expect(sessionStorage.length).toBe(0);
  });

  it('goes when its person goes, and nothing else does', async () => {
    sessionStorage.setItem('gallery.place', 'kept');
    render(<NewSpace send={async () => undefined} />);
    await userEvent.type(field('a'), '!');
    forgetDrafts();
    expect(Object.keys(sessionStorage)).toEqual(['gallery.place']);
  });
});
