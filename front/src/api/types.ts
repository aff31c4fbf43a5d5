/** The wire's types by the names the application uses. */

export type Locale = 'ru' | 'en';
export type Role = 'owner' | 'manager' | 'contributor' | 'viewer';
export type TimelineView = 'all' | 'favourites' | 'archive' | 'trash';
export type TimelineKind = 'all' | 'image' | 'video';

export interface User {
  id: string;
  login: string | null;
  name: string;
  locale: Locale | null;
  is_operator: boolean;
  personal_space_id: string;
  created_at: string;
}

export interface Tokens {
  access_token: string;
  expires_in: number;
  user: User;
  refresh_token: string | null;
}

export interface SessionInfo {
  id: string;
  created_at: string;
  last_seen_at: string;
  user_agent: string | null;
  kind: 'password' | 'max' | 'setup' | 'invitation';
  current: boolean;
}

export interface Space {
  id: string;
  name: string;
  kind: 'personal' | 'group';
  role: Role;
  members: number;
  assets: number;
  used_bytes: number;
  quota_bytes: number | null;
  created_at: string;
}

export interface Member {
  user_id: string;
  name: string;
  login: string | null;
  role: Role;
  joined_at: string;
}

export interface Invitation {
  id: string;
  role: Role;
  expires_at: string;
  max_uses: number | null;
  uses: number;
  created_at: string;
}

export interface NewInvitation extends Omit<Invitation, 'created_at'> {
  url: string;
  token: string;
}

export interface InvitationPreview {
  space_name: string;
  role: Role;
  invited_by: string;
}

export interface Asset {
  id: string;
  space_id: string;
  kind: 'image' | 'video' | 'sidecar';
  status: 'processing' | 'ready' | 'failed';
  failure: { code: string; message: string } | null;
  damaged: boolean;
  file_name: string;
  mime: string;
  bytes: number;
  sha256: string;
  width: number | null;
  height: number | null;
  duration: number | null;
  thumbhash: string | null;
  taken_at: string;
  taken_at_source: 'exif' | 'gps' | 'file_name' | 'file_time' | 'upload_time' | 'edited';
  utc_offset: number | null;
  latitude: number | null;
  longitude: number | null;
  altitude: number | null;
  camera: string | null;
  lens: string | null;
  title: string;
  description: string;
  rating: number | null;
  favourite: boolean;
  archived: boolean;
  trashed_at: string | null;
  contributor: { id: string; name: string } | null;
  created_at: string;
  exif: Record<string, unknown>;
  can_edit: boolean;
  media: {
    thumb: string | null;
    preview: string | null;
    original: string;
    download: string;
    expires_at: string;
  };
}

export interface AssetUpdate {
  title?: string;
  description?: string;
  rating?: number | null;
  taken_at?: string | null;
  utc_offset?: number | null;
  latitude?: number | null;
  longitude?: number | null;
  archived?: boolean;
}

export interface CheckedChecksum {
  checksum: string;
  state: 'new' | 'present' | 'trashed' | 'deleted';
  id: string | null;
}

export interface TimelineSkeleton {
  total: number;
  days: string[];
  counts: number[];
  revision: string;
}

export interface TimelineWindow {
  day: string;
  offset: number;
  days: [string, number][];
  ids: string[];
  blobs: string[];
  sigs: string[];
  expires: number;
  thumb: string;
  preview: string;
  ratios: number[];
  thumbhashes: (string | null)[];
  times: number[];
  flags: number[];
  durations: Record<string, number>;
}

export interface UploadState {
  id: string;
  offset: number;
  length: number;
  expires_at: string;
  asset: { id: string; duplicate: boolean; status: Asset['status']; trashed: boolean } | null;
}

export interface DeadLetter {
  blob_id: string;
  code: string;
  message: string;
  attempts: number;
  failed_at: string;
  file_names: string[];
}

export type OperatorStatus = Record<string, unknown>;

interface Items<T> {
  items: T[];
}

interface Shape {
  query?: object;
  path?: object;
  body?: object;
  answer: unknown;
}

/** One operation in the form that openapi-typescript generates. */
type Op<S extends Shape> = {
  parameters: (S extends { query: infer Q } ? { query: Q } : { query?: never }) &
    (S extends { path: infer P } ? { path: P } : { path?: never }) & { header?: never; cookie?: never };
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['answer'] } } };
} & (S extends { body: infer B }
  ? { requestBody: { content: { 'application/json': B } } }
  : { requestBody?: never });
type In<P> = { path: P };

export interface paths {
  '/api/auth/setup': {
    post: Op<{ body: { token: string; login: string; password: string; name: string }; answer: Tokens }>;
  };
  '/api/auth/password': {
    post: Op<{ body: { login: string; password: string; refresh_in_body?: boolean }; answer: Tokens }>;
  };
  '/api/auth/max': { post: Op<{ body: { init_data: string; refresh_in_body?: boolean }; answer: Tokens }> };
  '/api/auth/register': {
    post: Op<{ body: { invitation: string; login: string; password: string; name: string }; answer: Tokens }>;
  };
  '/api/auth/refresh': { post: Op<{ body: { refresh_token?: string }; answer: Tokens }> };
  '/api/auth/logout': { post: Op<{ answer: never }> };
  '/api/auth/sessions': { get: Op<{ answer: Items<SessionInfo> }> };
  '/api/auth/sessions/{session_id}': { delete: Op<{ answer: never } & In<{ session_id: string }>> };
  '/api/me': {
    get: Op<{ answer: User }>;
    patch: Op<{ body: { name?: string; locale?: Locale | null }; answer: User }>;
  };
  '/api/me/password': {
    post: Op<{ body: { current_password: string; new_password: string }; answer: never }>;
  };
  '/api/spaces': { get: Op<{ answer: Items<Space> }>; post: Op<{ body: { name: string }; answer: Space }> };
  '/api/spaces/{space_id}': {
    get: Op<{ answer: Space } & In<{ space_id: string }>>;
    patch: Op<{ answer: Space; body: { name?: string } } & In<{ space_id: string }>>;
    delete: Op<{ answer: never } & In<{ space_id: string }>>;
  };
  '/api/spaces/{space_id}/members': {
    get: Op<{ answer: Items<Member> } & In<{ space_id: string }>>;
    post: Op<{ answer: Member; body: { login: string; role: Role } } & In<{ space_id: string }>>;
  };
  '/api/spaces/{space_id}/members/{user_id}': {
    patch: Op<{ answer: Member; body: { role: Role } } & In<{ space_id: string; user_id: string }>>;
    delete: Op<{ answer: never } & In<{ space_id: string; user_id: string }>>;
  };
  '/api/spaces/{space_id}/invitations': {
    get: Op<{ answer: Items<Invitation> } & In<{ space_id: string }>>;
    post: Op<
      {
        answer: NewInvitation;
        body: { role: Role; expires_in_days?: number; max_uses?: number | null };
      } & In<{
        space_id: string;
      }>
    >;
  };
  '/api/spaces/{space_id}/invitations/{invitation_id}': {
    delete: Op<{ answer: never } & In<{ space_id: string; invitation_id: string }>>;
  };
  '/api/invitations/preview': { post: Op<{ body: { token: string }; answer: InvitationPreview }> };
  '/api/invitations/accept': { post: Op<{ body: { token: string }; answer: Space }> };
  '/api/assets/check': {
    post: Op<{ body: { space_id: string; checksums: string[] }; answer: Items<CheckedChecksum> }>;
  };
  '/api/assets/{asset_id}': {
    get: Op<{ answer: Asset } & In<{ asset_id: string }>>;
    patch: Op<{ answer: Asset; body: AssetUpdate } & In<{ asset_id: string }>>;
  };
  '/api/assets/{asset_id}/retry': { post: Op<{ answer: Asset } & In<{ asset_id: string }>> };
  '/api/assets/trash': { post: Op<{ body: { ids: string[] }; answer: { changed: number } }> };
  '/api/assets/restore': { post: Op<{ body: { ids: string[] }; answer: { changed: number } }> };
  '/api/assets/purge': { post: Op<{ body: { ids: string[] }; answer: { changed: number } }> };
  '/api/assets/favourite': {
    post: Op<{ body: { ids: string[]; favourite: boolean }; answer: { changed: number } }>;
  };
  '/api/timeline': {
    get: Op<{
      query: { space_id: string[]; view?: TimelineView; kind?: TimelineKind };
      answer: TimelineSkeleton;
    }>;
  };
  '/api/timeline/window': {
    get: Op<{
      query: {
        space_id: string[];
        view?: TimelineView;
        kind?: TimelineKind;
        day: string;
        offset?: number;
        limit?: number;
      };
      answer: TimelineWindow;
    }>;
  };
  '/api/uploads/{upload_id}': { get: Op<{ answer: UploadState } & In<{ upload_id: string }>> };
  '/api/operator/status': { get: Op<{ answer: OperatorStatus }> };
  '/api/operator/dead-letters': { get: Op<{ answer: Items<DeadLetter> }> };
  '/api/operator/dead-letters/{blob_id}/retry': { post: Op<{ answer: unknown } & In<{ blob_id: string }>> };
}
