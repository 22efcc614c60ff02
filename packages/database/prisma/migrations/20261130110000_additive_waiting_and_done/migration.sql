-- Who waits, and what is done. Of the conversations that there are, the web app finds out in steps: those whose "waitingSeq" is not their "lastSeq".
-- AlterTable
ALTER TABLE "Client" ADD COLUMN "waitingSince" TIMESTAMPTZ(3),
ADD COLUMN "doneAt" TIMESTAMPTZ(3),
ADD COLUMN "waitingSeq" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "ChatSession" ADD COLUMN "pageAt" TIMESTAMPTZ(3),
ADD COLUMN "pages" JSONB;
