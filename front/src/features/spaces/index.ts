export { acceptInvitation, invitationPreviewQuery, SPACES_KEY, spacesQuery } from './api';
export { canAdd, editsIn } from './roles';
export { SpaceSwitcher } from './SpaceSwitcher';
export { StorageUse } from './StorageUse';
