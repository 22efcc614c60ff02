-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_mine" ON "Client"("assigneeId", "lastActivityAt" DESC, "id" DESC) WHERE ("assigneeId" IS NOT NULL AND "doneAt" IS NULL);
