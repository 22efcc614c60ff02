-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_uploads_created" ON "Upload"("createdAt", "id");
