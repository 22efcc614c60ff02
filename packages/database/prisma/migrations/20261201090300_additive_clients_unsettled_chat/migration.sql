-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_unsettled_chat" ON "Client"("lastActivityAt" DESC) WHERE (("doneAt" IS NULL AND "lastSeq" > 0) <> ("chatOpenedAt" IS NOT NULL)) OR ("doneAt" IS NOT NULL AND "lastSeq" > 0 AND "chatNumber" = 0);
