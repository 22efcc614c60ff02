-- AlterTable
ALTER TABLE "Client" ADD COLUMN "blockedAt" TIMESTAMPTZ(3),
ADD COLUMN "blockedById" INTEGER;

-- AddForeignKey
ALTER TABLE "Client" ADD CONSTRAINT "Client_blockedById_fkey" FOREIGN KEY ("blockedById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
