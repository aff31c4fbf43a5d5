/** What a role allows. The server decides; this only keeps buttons from promising what it would refuse. */
import type { Role, Space } from '@/api/types';

/** From the most to the least that one may do. */
export const ROLES = ['owner', 'manager', 'contributor', 'viewer'] as const satisfies readonly Role[];

export function canAdd(space: Space): boolean {
  return space.role !== 'viewer';
}

export function canManage(space: Space): boolean {
  return space.role === 'owner' || space.role === 'manager';
}

/** Whose photos one may change: everybody's, those that one has brought, or nobody's. */
export function editsIn(space: Space): 'all' | 'own' | 'none' {
  if (canManage(space)) return 'all';
  return canAdd(space) ? 'own' : 'none';
}

/** The roles that a holder of `role` gives and takes: owners all, managers those below their own. */
export function assignableRoles(role: Role): Role[] {
  if (role === 'owner') return [...ROLES];
  return role === 'manager' ? ['contributor', 'viewer'] : [];
}
