/** The people of the stories who answer. */
export const OPERATORS = {
  maya: { email: 'maya@lamps.example', name: 'Maya Lindqvist', password: 'correct horse battery' },
  omar: { email: 'omar@lamps.example', name: 'Omar Haddad', password: 'staple paper clip glue' },
} as const;

export type Operator = (typeof OPERATORS)[keyof typeof OPERATORS];
