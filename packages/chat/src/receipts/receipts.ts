import type { Receipts } from '@switchboard/protocol';

/** The receipts among a client's columns. */
export function receiptsOf(client: Receipts): Receipts {
  const { clientDeliveredSeq, clientReadSeq, operatorDeliveredSeq, operatorReadSeq } = client;
  return { clientDeliveredSeq, clientReadSeq, operatorDeliveredSeq, operatorReadSeq };
}
