import { z } from 'zod';

/**
 * The roles of operators; each may do everything that the ones before it may. Supervisors see every conversation and the reports; administrators also change
 * settings and accounts.
 */
export const OPERATOR_ROLES = ['OPERATOR', 'SUPERVISOR', 'ADMIN'] as const;
export const operatorRole = z.enum(OPERATOR_ROLES);
export type OperatorRole = z.infer<typeof operatorRole>;
