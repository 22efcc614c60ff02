-- CreateIndex
CREATE INDEX CONCURRENTLY "idx_uploads_storage_key" ON "Upload"("storageKey");
