-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_assigned" ON "Client"("assigneeId", "lastActivityAt" DESC) WHERE ("assigneeId" IS NOT NULL);
