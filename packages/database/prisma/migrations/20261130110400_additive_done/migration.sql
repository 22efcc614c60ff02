-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_done" ON "Client"("doneAt" DESC, "id" DESC) WHERE ("doneAt" IS NOT NULL);
