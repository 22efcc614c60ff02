-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_clients_team" ON "Client"("teamId", "lastActivityAt" DESC) WHERE ("teamId" IS NOT NULL);
