-- Says which activity an operator must have seen to have seen a mention of them.
-- AlterTable
ALTER TABLE "Mention" ADD COLUMN "activitySeq" INTEGER NOT NULL DEFAULT 0;
