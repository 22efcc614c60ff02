-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_snoozed" ON "Client"("snoozedUntil", "id") WHERE ("snoozedAt" IS NOT NULL);
