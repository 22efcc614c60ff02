import type { OperatorRole } from '@switchboard/protocol';

/** How a role is stored. A supervisor is an operator with a flag, because an older version does not know a third value of the enum. */
export interface RoleColumns {
  readonly role: 'OPERATOR' | 'ADMIN';
  readonly isSupervisor: boolean;
}

/** The columns of a role. */
export function roleColumns(role: OperatorRole): RoleColumns {
  return { role: role === 'ADMIN' ? 'ADMIN' : 'OPERATOR', isSupervisor: role === 'SUPERVISOR' };
}

/** The role of a row. An administrator is one, whatever the flag says: an older version leaves it unchanged when it changes the role. */
export function roleOf({ role, isSupervisor }: RoleColumns): OperatorRole {
  return role === 'OPERATOR' && isSupervisor ? 'SUPERVISOR' : role;
}
