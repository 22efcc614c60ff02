-- CreateTable
CREATE TABLE "Job" (
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "key" TEXT,
    "runAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "leaseId" UUID,
    "leaseEndsAt" TIMESTAMPTZ(3),
    "lastError" TEXT,
    "deadAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "jobs_name_key_key" ON "Job"("name", "key");

-- CreateIndex
CREATE INDEX "idx_jobs_due" ON "Job"("runAt", "id") WHERE ("deadAt" IS NULL);

-- CreateIndex
CREATE INDEX "idx_jobs_dead" ON "Job"("deadAt", "id") WHERE ("deadAt" IS NOT NULL);
