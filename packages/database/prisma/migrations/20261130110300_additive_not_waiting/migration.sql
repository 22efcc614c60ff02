-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_not_waiting" ON "Client"("lastActivityAt" DESC, "id" DESC)
WHERE ("doneAt" IS NULL AND "lastSeq" > 0 AND ("waitingSince" IS NULL OR "blockedAt" IS NOT NULL));
