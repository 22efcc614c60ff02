-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_unsettled" ON "Client"("lastActivityAt" DESC) WHERE ("waitingSeq" <> "lastSeq");
