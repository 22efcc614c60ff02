import type { Effect, WithEffects } from '@switchboard/chat';

import type { CurrentSettings } from '../settings/current-settings.ts';
import type { PeerHint, RelayHints } from './relay-hints.ts';
import type { RevocationSender } from './revocation-sender.ts';

/**
 * Carries out the effects of a committed verb and returns the rest of its answer. Callers pass it every answer with effects, so that only this function knows
 * whom an effect concerns. Returns at once and never throws: hints and revocations are sent later, and retried if necessary.
 */
export type AfterCommit = <T extends object>(committed: WithEffects<T>) => Omit<T, 'effects'>;

export function createAfterCommit({ hints, revocations, settings }: AfterCommitOptions): AfterCommit {
  return ({ effects, ...result }) => {
    for (const effect of effects) {
      if (effect.kind === 'access revoked') revocations.send({ role: effect.role, id: effect.id, address: effect.address });
      else if (effect.kind === 'settings changed') settings.adopt(effect.settings);
      else sendHint(hints, effect);
    }
    return result;
  };
}

interface AfterCommitOptions {
  readonly hints: Pick<RelayHints, 'send'>;
  readonly revocations: Pick<RevocationSender, 'send'>;
  readonly settings: Pick<CurrentSettings, 'adopt'>;
}

/** Effects that both sides of a conversation are notified of. */
type PeerEffect = Exclude<Effect, { kind: 'access revoked' | 'settings changed' }>;

/** Without an address there is nobody to notify. */
function sendHint(hints: Pick<RelayHints, 'send'>, effect: PeerEffect): void {
  if (effect.address !== null) hints.send(hintOf(effect, effect.address));
}

function hintOf(effect: PeerEffect, address: string): PeerHint {
  if (effect.kind === 'visitor left') return { event: 'chatEnded', clientId: address };
  if (effect.kind === 'messages seen') {
    const { by, receipts } = effect;
    const [deliveredSeq, readSeq] =
      by === 'client' ? [receipts.clientDeliveredSeq, receipts.clientReadSeq] : [receipts.operatorDeliveredSeq, receipts.operatorReadSeq];
    return { event: 'messagesSeen', clientId: address, by, deliveredSeq, readSeq };
  }
  const { lastSeq, what, audience, formerAudience } = effect;
  const visitorChanged = what.some((kind) => kind !== 'messages' && kind !== 'activity');
  return {
    event: 'conversationChanged',
    clientId: address,
    lastSeq,
    ...(visitorChanged ? { visitorChanged } : {}),
    what: [...what],
    audience,
    ...(formerAudience === undefined ? {} : { formerAudience }),
  };
}
