import { z } from 'zod';

/** The roles of operators. An administrator may do everything that an operator may. */
export const OPERATOR_ROLES = ['OPERATOR', 'ADMIN'] as const;
export const operatorRole = z.enum(OPERATOR_ROLES);
export type OperatorRole = z.infer<typeof operatorRole>;
