/** Spaces, their members and invitations: requests and their cached answers. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import type {
  Invitation,
  InvitationPreview,
  InvitationTerms,
  Member,
  NewInvitation,
  Role,
  Space,
} from '@/api/types';

/** Everything below this key is about spaces. */
export const SPACES_KEY = ['spaces'] as const;

export const spacesQuery = queryOptions({
  queryKey: [...SPACES_KEY, 'list'],
  queryFn: async ({ signal }): Promise<Space[]> => (await call(api.GET('/api/spaces', { signal }))).items,
});

export function membersQuery(spaceId: string) {
  return queryOptions({
    queryKey: [...SPACES_KEY, spaceId, 'members'],
    queryFn: async ({ signal }): Promise<Member[]> =>
      (await call(api.GET('/api/spaces/{space_id}/members', { params: inSpace(spaceId), signal }))).items,
  });
}

export function invitationsQuery(spaceId: string) {
  return queryOptions({
    queryKey: [...SPACES_KEY, spaceId, 'invitations'],
    queryFn: async ({ signal }): Promise<Invitation[]> =>
      (await call(api.GET('/api/spaces/{space_id}/invitations', { params: inSpace(spaceId), signal }))).items,
  });
}

export function createSpace(name: string): Promise<Space> {
  return call(api.POST('/api/spaces', { body: { name } }));
}

export function renameSpace(spaceId: string, name: string): Promise<Space> {
  return call(api.PATCH('/api/spaces/{space_id}', { params: inSpace(spaceId), body: { name } }));
}

export async function deleteSpace(spaceId: string): Promise<void> {
  await call(api.DELETE('/api/spaces/{space_id}', { params: inSpace(spaceId) }));
}

export async function addMember(spaceId: string, login: string, role: Role): Promise<void> {
  await call(api.POST('/api/spaces/{space_id}/members', { params: inSpace(spaceId), body: { login, role } }));
}

export async function changeRole(spaceId: string, userId: string, role: Role): Promise<void> {
  const params = { path: { space_id: spaceId, user_id: userId } };
  await call(api.PATCH('/api/spaces/{space_id}/members/{user_id}', { params, body: { role } }));
}

/** Removes a member; for oneself it means to leave. */
export async function removeMember(spaceId: string, userId: string): Promise<void> {
  const params = { path: { space_id: spaceId, user_id: userId } };
  await call(api.DELETE('/api/spaces/{space_id}/members/{user_id}', { params }));
}

/** The link is in this answer only; the server keeps no copy of it. */
export function invite(spaceId: string, terms: InvitationTerms): Promise<NewInvitation> {
  return call(api.POST('/api/spaces/{space_id}/invitations', { params: inSpace(spaceId), body: terms }));
}

export async function revokeInvitation(spaceId: string, invitationId: string): Promise<void> {
  const params = { path: { space_id: spaceId, invitation_id: invitationId } };
  await call(api.DELETE('/api/spaces/{space_id}/invitations/{invitation_id}', { params }));
}

export function invitationPreviewQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }): Promise<InvitationPreview> =>
      call(api.POST('/api/invitations/preview', { body: { token }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function acceptInvitation(token: string): Promise<Space> {
  return call(api.POST('/api/invitations/accept', { body: { token } }));
}

function inSpace(spaceId: string) {
  return { path: { space_id: spaceId } };
}
