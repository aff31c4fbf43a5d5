/** Everything about who is signed in: requests and their cached answers. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import { beginSession, replaceUser } from '@/api/session';
import type { Locale, SessionInfo, User } from '@/api/types';

export interface Credentials {
  login: string;
  password: string;
}

export interface NewAccount extends Credentials {
  name: string;
}

export async function signIn(credentials: Credentials): Promise<User> {
  return beginSession(await call(api.POST('/api/auth/password', { body: credentials })));
}

/** Signs in with what MAX says about the person. The refresh token comes in the body: see api/session. */
export async function signInWithMax(initData: string): Promise<User> {
  const body = { init_data: initData, refresh_in_body: true };
  return beginSession(await call(api.POST('/api/auth/max', { body })));
}

/** Makes the operator's account with the one-time token from the console. */
export async function setUp(account: NewAccount & { token: string }): Promise<User> {
  return beginSession(await call(api.POST('/api/auth/setup', { body: account })));
}

/** Makes an account with an invitation, which also makes its owner a member of the space. */
export async function register(account: NewAccount & { invitation: string }): Promise<User> {
  return beginSession(await call(api.POST('/api/auth/register', { body: account })));
}

export async function updateProfile(change: { name?: string; locale?: Locale | null }): Promise<User> {
  const user = await call(api.PATCH('/api/me', { body: change }));
  replaceUser(user);
  return user;
}

export async function changePassword(body: {
  current_password: string;
  new_password: string;
}): Promise<void> {
  await call(api.POST('/api/me/password', { body }));
}

export const sessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: async ({ signal }): Promise<SessionInfo[]> =>
    (await call(api.GET('/api/auth/sessions', { signal }))).items,
});

export async function revokeSession(sessionId: string): Promise<void> {
  await call(api.DELETE('/api/auth/sessions/{session_id}', { params: { path: { session_id: sessionId } } }));
}
