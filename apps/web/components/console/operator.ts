/** The operator of this console. */
export interface ConsoleOperator {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}
