import { z } from 'zod';

/** What an operator may be. An administrator may do everything that an operator may. */
export const OPERATOR_ROLES = ['OPERATOR', 'ADMIN'] as const;
export const operatorRole = z.enum(OPERATOR_ROLES);
export type OperatorRole = z.infer<typeof operatorRole>;
