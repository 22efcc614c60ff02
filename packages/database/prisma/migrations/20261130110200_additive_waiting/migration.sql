-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_waiting" ON "Client"("waitingSince", "id") WHERE ("waitingSince" IS NOT NULL AND "blockedAt" IS NULL);
