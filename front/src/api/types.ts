/** The wire's types by the names the application uses; schema.d.ts is generated from the backend (`make api`). */
import type { components } from './schema';

export type { paths } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserOut'];
export type Locale = NonNullable<User['locale']>;
export type Tokens = Schemas['TokensOut'];
export type SessionInfo = Schemas['SessionOut'];

export type Space = Schemas['SpaceOut'];
export type Role = Space['role'];
export type Member = Schemas['MemberOut'];
export type Invitation = Schemas['InvitationOut'];
export type NewInvitation = Schemas['InvitationCreated'];
export type InvitationTerms = Schemas['InvitationIn'];
export type InvitationPreview = Schemas['InvitationPreviewOut'];

export type Asset = Schemas['AssetOut'];
export type AssetUpdate = Schemas['AssetPatch'];
export type DateEdit = Schemas['DateIn'];
export type PlaceEdit = Schemas['PlaceIn'];
export type Download = Schemas['DownloadOut'];
export type CheckedChecksum = Schemas['CheckedOut'];
export type TimelineView = Schemas['View'];
export type TimelineKind = Schemas['Kind'];
export type TimelineSkeleton = Schemas['SkeletonOut'];
export type TimelineWindow = Schemas['WindowOut'];
export type UploadState = Schemas['UploadOut'];

export type OperatorStatus = Schemas['OperatorStatus'];
export type Keeping = Schemas['KeepingOut'];
export type DeadLetter = Schemas['DeadLetterOut'];
