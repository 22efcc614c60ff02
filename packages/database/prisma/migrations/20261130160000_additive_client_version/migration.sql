-- Says whether what operators see of a conversation has changed. A version of the application that does not know it leaves it as it is.
-- AlterTable
ALTER TABLE "Client" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 0;
