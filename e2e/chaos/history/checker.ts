import { sideKeyOf, type Attempt, type FaultSpan, type Ledger, type Row, type Send } from './ledger.ts';
import type { ViewWatcher } from './view-watcher.ts';

/** What must have happened in a run for it to prove anything. */
export interface Requirements {
  /** A fault was active while a message was between its sender and the database. */
  readonly hit: boolean;
  /** A request to save ended with an outcome unknown to its sender. */
  readonly unknown: boolean;
}

/** Everything that is checked at the end. */
export interface Evidence {
  readonly ledger: Ledger;
  readonly rows: readonly Row[];
  /** The views of all tabs of all conversations, including closed tabs. */
  readonly watchers: readonly ViewWatcher[];
  readonly requirements: Requirements;
  /** Milliseconds by which the servers' clocks may differ from this process's. */
  readonly clockDoubtMs: number;
}

const short = (text: string | null) => `"${(text ?? '').slice(0, 40)}"`;

/** A description of every promise that the run broke; empty when all were kept. */
export function judge(evidence: Evidence): string[] {
  const { ledger, rows } = evidence;
  const sends = new Map(ledger.sends.map((send) => [send.text, send]));
  return [
    ...ledger.violations,
    ...findLost(ledger, rows),
    ...findDoubled(rows),
    ...rows.flatMap((row) => findPhantom(row, sends.get(row.text ?? ''), ledger)),
    ...findBadNumbers(rows),
    ...findWrongOrder(ledger, rows),
    ...findFalseTicks(evidence),
    ...findVacuity(evidence),
  ];
}

/** Messages that were acknowledged, or are in an outbox that still exists, and are not in the database. */
function findLost({ attempts, sends, excused, forgotten: lostWithRestore }: Ledger, rows: readonly Row[]): string[] {
  const byKey = new Map<string, Row[]>();
  for (const row of rows) byKey.set(sideKeyOf(row), [...(byKey.get(sideKeyOf(row)) ?? []), row]);
  const texts = new Set(rows.map((row) => row.text));
  const acknowledged = attempts.flatMap(({ asked, answers }) =>
    answers.flatMap((answer, index) => {
      const key = sideKeyOf({ senderType: 'CLIENT', ...asked[index], messageKey: answer.messageKey });
      return lostWithRestore.keys.has(key) ? [] : [{ ...answer, candidates: byKey.get(key) ?? [] }];
    }),
  );
  const lost = acknowledged
    .filter(({ candidates }) => candidates.length === 0)
    .map(({ messageKey }) => `lost: ${messageKey} was acknowledged`);
  const different = acknowledged.flatMap(({ messageKey, id, seq, candidates }) => {
    const [row] = candidates;
    return row === undefined || candidates.some((candidate) => candidate.id === id && candidate.seq === seq)
      ? []
      : [`false: ${messageKey} was acknowledged as ${id}/${seq} and is ${row.id}/${row.seq}`];
  });
  const forgotten = sends
    .filter((send) => send.keptAt !== null && !texts.has(send.text) && !excused.has(send.device) && !lostWithRestore.texts.has(send.text))
    .map((send) => `lost: ${short(send.text)} was kept by its sender and never saved`);
  return [...lost, ...different, ...forgotten];
}

function findDoubled(rows: readonly Row[]): string[] {
  return [
    ...repeated(rows.map((row) => `${sideKeyOf(row)} of client ${row.clientId}`)).map((key) => `doubled: the key ${key} has several rows`),
    ...repeated(rows.map((row) => row.text ?? '')).map((text) => `doubled: ${short(text)} has several rows`),
  ];
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.size === seen.add(value).size))];
}

/** Rows that nobody sent, or that differ from what was sent. */
function findPhantom(row: Row, send: Send | undefined, { clients }: Ledger): string[] {
  if (send === undefined) return [`phantom: nobody sent ${short(row.text)}`];
  const violations: string[] = [];
  if (clients.get(send.conversation) !== row.clientId) violations.push(`phantom: ${short(row.text)} is in another conversation`);
  if (send.senderType !== row.senderType || send.operatorId !== row.operatorId)
    violations.push(`phantom: ${short(row.text)} is said to be by ${row.senderType} ${row.operatorId ?? ''}`);
  if (row.savedById !== null && row.senderType === 'OPERATOR')
    violations.push(`phantom: ${short(row.text)} was saved on an operator's behalf`);
  return violations;
}

function findBadNumbers(rows: readonly Row[]): string[] {
  return [...new Set(rows.map((row) => row.clientId))].flatMap((clientId) => {
    const own = rows.filter((row) => row.clientId === clientId);
    const numbers = own.map((row) => row.seq).toSorted((a, b) => a - b);
    const wrong = numbers.findIndex((seq, index) => seq !== index + 1);
    return wrong === -1 ? [] : [`numbers: client ${clientId} has ${numbers[wrong]} in the place of ${wrong + 1}`];
  });
}

/** Messages that a device saved are numbered in the order of sending. (Those that a console saved for it may have any number.) */
function findWrongOrder({ sends, forgotten }: Ledger, rows: readonly Row[]): string[] {
  // A message that was lost by a restore and saved again may have any number.
  const byText = new Map(sends.filter(({ text }) => !forgotten.texts.has(text)).map((send) => [send.text, send]));
  const own = rows
    .filter((row) => row.savedById === null)
    .toSorted((a, b) => a.seq - b.seq)
    .flatMap((row) => byText.get(row.text ?? '') ?? []);
  const last = new Map<string, number>();
  return own.flatMap(({ device, conversation, number }) => {
    const who = `${device} in ${conversation}`;
    const isLate = number < (last.get(who) ?? 0);
    last.set(who, number);
    return isLate ? [`order: messages of ${who} are not numbered as they were sent`] : [];
  });
}

function findFalseTicks({ ledger, watchers, rows, clockDoubtMs }: Evidence): string[] {
  const byText = new Map(rows.map((row) => [row.text ?? '', row]));
  return watchers.flatMap((watcher) => {
    const others = watchers.filter((other) => other.conversation === watcher.conversation && other.side !== watcher.side);
    return [...watcher.ticks].flatMap(([text, { sent, delivered, read }]) => {
      const where = `${watcher.tab} on ${watcher.conversation}: ${short(text)}`;
      const violations: string[] = [];
      const row = byText.get(text);
      const first = Math.min(sent ?? Infinity, delivered ?? Infinity, read ?? Infinity);
      if (first === Infinity || ledger.forgotten.texts.has(text)) return violations;
      if (row === undefined) violations.push(`false tick: ${where} was shown as saved and has no row`);
      else if (row.savedAt.getTime() > first + clockDoubtMs) violations.push(`false tick: ${where} was shown as saved before it was`);
      if (ledger.unwatched.has(watcher.conversation)) return violations;
      if (delivered !== undefined && !others.some((other) => (other.firstSeen.get(text) ?? Infinity) <= delivered))
        violations.push(`false tick: ${where} was shown as delivered before anybody had it`);
      if (read !== undefined && !others.some((other) => other.sawWhileVisible(text, read)))
        violations.push(`false tick: ${where} was shown as read and nobody could see it`);
      return violations;
    });
  });
}

/** Violations of the requirements: a run without faults at the right moments proves nothing. */
function findVacuity({ ledger, rows, requirements }: Evidence): string[] {
  const { attempts, faults, sends } = ledger;
  const saved = new Map(rows.map((row) => [row.text, row.savedAt.getTime()]));
  const open = sends.map((send) => ({ at: send.at, until: saved.get(send.text) ?? Infinity }));
  const isHit = faults.some((fault) => open.some((operation) => overlaps(fault, operation)));
  return [
    ...(requirements.hit && !isHit ? ['vacuous: no fault hit a message under way'] : []),
    ...(requirements.unknown && !attempts.some(isUnknown) ? ['vacuous: no request ended with an unknown outcome'] : []),
    ...(sends.length === 0 ? ['vacuous: nobody sent anything'] : []),
  ];
}

export const isUnknown = (attempt: Attempt): boolean => attempt.outcome === 'unknown';

function overlaps(fault: FaultSpan, operation: { at: number; until: number }): boolean {
  return fault.at <= operation.until && operation.at <= (fault.until ?? Infinity);
}
