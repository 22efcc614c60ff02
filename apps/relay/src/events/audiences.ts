import type { Audience } from '@switchboard/protocol';

/** Most conversations whose audience is remembered: some 10 MB. Of more, those that were heard of least recently are forgotten. */
const MAX_REMEMBERED = 50_000;

/** How long after it was made a token's audience is current. Later, a hint may have changed it. Seconds. */
const FRESH_TOKEN_S = 60;

/** A room of operators' sockets. */
export type OperatorRoom = string;

/** Sockets of operators who see every conversation: administrators, supervisors, everybody where there are no teams, and old front-ends. */
export const SEES_ALL: OperatorRoom = 'operators';
/** Sockets of operators who do not see every conversation. All of them see those of no team. */
export const SEES_TEAMS: OperatorRoom = 'operators of teams';
export const roomOfTeam = (teamId: number): OperatorRoom => `team:${teamId}`;
export const roomOfOperator = (operatorId: number): OperatorRoom => `operator:${operatorId}`;

/** Of no team, and assigned to nobody. */
const EVERYBODY: Audience = { teamId: null, assigneeId: null };

/**
 * Which operators may receive the events of a conversation. The web app decides: it puts the audience of a conversation into the visitor's token and into its
 * hints. Until it has said so, events reach only those who see every conversation; the others fetch them when the hint of the saved message arrives.
 */
export class Audiences {
  /** By the visitor's address, those heard of least recently first. */
  readonly #known = new Map<string, Audience>();

  /** Remembers what the web app says of a conversation. */
  set(address: string, { teamId, assigneeId }: Audience): void {
    this.#known.delete(address);
    this.#known.set(address, teamId === null && assigneeId === null ? EVERYBODY : { teamId, assigneeId });
    if (this.#known.size > MAX_REMEMBERED) for (const oldest of this.#known.keys()) return void this.#known.delete(oldest);
  }

  /** A visitor has joined. An address without a token is new, and its conversation belongs to no team. */
  joined(address: string, claims: { readonly audience?: Audience | undefined } | undefined, tokenAgeS: number): void {
    if (this.#known.has(address)) return;
    if (claims === undefined) this.set(address, EVERYBODY);
    else if (claims.audience !== undefined && tokenAgeS <= FRESH_TOKEN_S) this.set(address, claims.audience);
  }

  /** The rooms of the operators who may receive events of this conversation. */
  roomsOf(address: string): readonly OperatorRoom[] {
    const audience = this.#known.get(address);
    if (audience === undefined) return UNKNOWN;
    return audience === EVERYBODY ? ALL : roomsOf(audience);
  }

  /** Whether an operator who does not see every conversation may write to this one. One whose audience is unknown is not refused: the web app checks, too. */
  mayWrite(address: string, operatorId: number, teams: readonly number[]): boolean {
    const audience = this.#known.get(address);
    if (audience === undefined || audience.teamId === null) return true;
    return audience.assigneeId === operatorId || teams.includes(audience.teamId);
  }
}

const UNKNOWN = [SEES_ALL];
const ALL = [SEES_ALL, SEES_TEAMS];

/** The rooms of those who may see a conversation with this audience. */
export function roomsOf({ teamId, assigneeId }: Audience): readonly OperatorRoom[] {
  if (teamId === null) return ALL;
  return [SEES_ALL, roomOfTeam(teamId), ...(assigneeId === null ? [] : [roomOfOperator(assigneeId)])];
}
