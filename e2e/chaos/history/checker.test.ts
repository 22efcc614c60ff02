import type { TimelineMessage } from '@switchboard/client';
import { beforeEach, describe, expect, it } from 'vitest';

import { judge, type Evidence } from './checker.ts';
import { differences } from './convergence.ts';
import { Ledger, type Row, type Send } from './ledger.ts';
import { ViewWatcher } from './view-watcher.ts';

const START = Date.parse('2026-11-23T08:00:00.000Z');
let ledger: Ledger;
let visitor: ViewWatcher;
let operator: ViewWatcher;

beforeEach(() => {
  ledger = new Ledger();
  ledger.clients.set('anna', 1);
  ledger.clients.set('ben', 2);
  visitor = new ViewWatcher('anna/1', 'client', 'anna', (text) => ledger.violation(text));
  operator = new ViewWatcher('maya/1', 'operator', 'anna', (text) => ledger.violation(text));
});

function send(more: Partial<Send> = {}): Send {
  const made = ledger.send({ conversation: 'anna', senderType: 'CLIENT', operatorId: null, device: 'anna', ...more });
  made.keptAt = made.at;
  return made;
}

function rowOf(sent: Send, seq: number, more: Partial<Row> = {}): Row {
  return {
    id: 100 + seq,
    messageKey: `key-${sent.number}`,
    clientId: 1,
    seq,
    senderType: sent.senderType,
    operatorId: sent.operatorId,
    savedById: null,
    text: sent.text,
    createdAt: new Date(START + sent.number),
    savedAt: new Date(START + sent.number + 5),
    ...more,
  };
}

function shown(sent: Send, more: Partial<TimelineMessage> = {}): TimelineMessage {
  const { senderType, operatorId, text, number } = sent;
  const base = { key: `key-${number}`, senderType, own: true, operatorId, operatorName: null, body: { type: 'text', text } } as const;
  const createdAt = new Date(START + number).toISOString();
  return { ...base, createdAt, seq: null, status: 'sending', failure: null, uploadProgress: null, ...more };
}

const evidence = (rows: readonly Row[], more: Partial<Evidence> = {}): Evidence => ({
  ledger,
  rows,
  watchers: [visitor, operator],
  requirements: { hit: false, unknown: false },
  clockDoubtMs: 0,
  ...more,
});
const verdict = (...parameters: Parameters<typeof evidence>) => judge(evidence(...parameters)).join('\n');

describe('a correct history', () => {
  it('has no violations', () => {
    const [first, second] = [send(), send()];
    visitor.observe([shown(first)], false, START);
    visitor.observe([shown(first, { seq: 1, status: 'sent' }), shown(second)], false, START + 100);
    operator.observe([shown(first, { own: false, status: null, seq: 1 })], false, START + 110);
    operator.setVisible(true, START + 120);
    visitor.observe([shown(first, { seq: 1, status: 'read' }), shown(second, { seq: 2, status: 'sent' })], false, START + 200);
    const attempt = ledger.attempt('anna', [{ messageKey: 'key-1', senderType: 'CLIENT', text: '#1 ‹anna›' }]);
    Object.assign(attempt, { outcome: 'ok', answers: [{ messageKey: 'key-1', id: 101, seq: 1 }] });
    expect(verdict([rowOf(first, 1), rowOf(second, 2)])).toBe('');
  });
});

describe('the rows of the database', () => {
  it('an acknowledged message may not be missing, or be another row', () => {
    const sent = send();
    sent.keptAt = null;
    const attempt = ledger.attempt('anna', [{ messageKey: 'key-1', senderType: 'CLIENT', text: '#1 ‹anna›' }]);
    Object.assign(attempt, { outcome: 'ok', answers: [{ messageKey: 'key-1', id: 101, seq: 1 }] });
    expect(verdict([])).toContain('lost: key-1 was acknowledged');
    expect(verdict([rowOf(sent, 1, { id: 7 })])).toContain('false: key-1 was acknowledged as 101/1 and is 7/1');
  });

  it('a message in an outbox may not be missing', () => {
    send();
    expect(verdict([])).toContain('was kept by its sender and never saved');
  });

  it('no message may exist twice', () => {
    const sent = send();
    expect(verdict([rowOf(sent, 1), rowOf(sent, 2, { messageKey: 'another' })])).toContain('doubled');
  });

  it.each([
    ['that nobody sent', { text: '#9 ‹anna›' }, 'phantom: nobody sent'],
    ['in another conversation', { clientId: 2 }, 'is in another conversation'],
    ['by somebody else', { senderType: 'OPERATOR', operatorId: 3 }, 'is said to be by OPERATOR 3'],
  ] as const)('no row may exist %s', (_what, more, violation) => {
    const sent = send();
    sent.keptAt = null;
    expect(verdict([rowOf(sent, 1, more)])).toContain(violation);
  });

  it('numbers count from 1 without a gap, in the order of sending', () => {
    const [first, second] = [send(), send()];
    expect(verdict([rowOf(first, 1), rowOf(second, 3)])).toContain('numbers: client 1 has 3 in the place of 2');
    expect(verdict([rowOf(first, 2), rowOf(second, 1)])).toContain('are not numbered as they were sent');
    // A message that a console saved for its sender may have any number.
    expect(verdict([rowOf(first, 2, { savedById: 5 }), rowOf(second, 1)])).toBe('');
  });
});

describe('the views', () => {
  it('a tick that is shown too early is a violation', () => {
    const sent = send();
    visitor.observe([shown(sent, { status: 'sent' })], false, START);
    expect(verdict([])).toContain('was shown as saved and has no row');
    expect(verdict([rowOf(sent, 1)])).toContain('was shown as saved before it was');
    expect(verdict([rowOf(sent, 1)], { clockDoubtMs: 1_000 })).toBe('');
  });

  it('delivered requires that a peer has the message, read that a person could see it', () => {
    const sent = send();
    visitor.observe([shown(sent, { seq: 1, status: 'delivered' })], false, START + 100);
    expect(verdict([rowOf(sent, 1)])).toContain('was shown as delivered before anybody had it');
    operator.observe([shown(sent, { own: false, status: null })], false, START + 50);
    expect(verdict([rowOf(sent, 1)])).toBe('');
    visitor.observe([shown(sent, { seq: 1, status: 'read' })], false, START + 200);
    expect(verdict([rowOf(sent, 1)])).toContain('was shown as read and nobody could see it');
    operator.setVisible(true, START + 60);
    expect(verdict([rowOf(sent, 1)])).toBe('');
  });

  it('a view shows no message twice and none of others, and a saved message neither vanishes nor moves', () => {
    const [first, second, foreign] = [send(), send(), send({ conversation: 'ben', device: 'ben' })];
    const saved = (sent: Send, seq: number) => shown(sent, { seq, status: 'sent' });
    visitor.observe([saved(first, 1), saved(first, 1)], false, START + 100);
    visitor.observe([saved(first, 1), saved(second, 2)], false, START + 100);
    visitor.observe([saved(second, 2), saved(first, 1)], false, START + 100);
    visitor.observe([saved(second, 2), shown(foreign)], false, START + 100);
    const violations = ledger.violations.join('\n');
    for (const violation of [
      'shows the key key-1 twice',
      'changed places',
      'the saved message key-1 (CLIENT) has vanished',
      'of another conversation',
    ])
      expect(violations).toContain(violation);
  });

  it('a tick is never taken back', () => {
    const sent = send();
    visitor.observe([shown(sent, { seq: 1, status: 'delivered' })], false, START + 100);
    visitor.observe([shown(sent, { seq: 1, status: 'sent' })], false, START + 100);
    expect(ledger.violations.join()).toContain('went back to sent');
  });

  it('at the end every view agrees with the database', () => {
    const [first, second] = [send(), send()];
    const rows = [rowOf(first, 1), rowOf(second, 2)];
    const look = (messages: readonly TimelineMessage[], peer: 'none' | 'visible' = 'none') => {
      visitor.observe(messages, false, START + 100);
      return differences([{ watcher: visitor, clientId: 1, peer, banner: null }], rows).join('\n');
    };
    const both = [shown(first, { seq: 1, status: 'sent' }), shown(second, { seq: 2, status: 'sent' })];
    expect(look(both)).toBe('');
    expect(look(both, 'visible')).toContain('is sent, not read');
    expect(look(both.slice(0, 1))).toContain('has 1 of 2 messages');
    expect(look([both[0] as TimelineMessage, shown(second)])).toContain('is sending');
    expect(look(both.toReversed())).toContain('stands where');
    const banner = { watcher: visitor, clientId: 1, peer: 'none', banner: 'reconnecting' } as const;
    visitor.observe(both, false, START + 100);
    expect(differences([banner], rows)).toEqual(['anna/1 still says reconnecting']);
  });
});

describe('a run that proves nothing', () => {
  it('is a failure', () => {
    const sent = send();
    const rows = [rowOf(sent, 1, { savedAt: new Date(sent.at + 60_000) })];
    const needs = (requirements: Evidence['requirements']) => verdict(rows, { requirements, watchers: [] });
    expect(needs({ hit: true, unknown: true })).toBe(
      'vacuous: no fault hit a message under way\nvacuous: no request ended with an unknown outcome',
    );
    ledger.fault('something').until = Date.now();
    ledger.attempt('anna', [{ messageKey: 'key-1', senderType: 'CLIENT', text: '#1 ‹anna›' }]).outcome = 'unknown';
    expect(needs({ hit: true, unknown: true })).toBe('');
    expect(judge({ ...evidence([]), ledger: new Ledger(), watchers: [] })).toEqual(['vacuous: nobody sent anything']);
  });
});
