export { acceptInvitation, invitationPreviewQuery, SPACES_KEY, spacesQuery } from './api';
export { canAdd } from './roles';
export { SpaceSwitcher } from './SpaceSwitcher';
export { StorageUse } from './StorageUse';
